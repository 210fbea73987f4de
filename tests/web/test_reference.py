"""The page of all routes."""

import lxml.html
from flask.testing import FlaskClient


def test_every_operation_is_on_the_page_with_its_parameters(client: FlaskClient) -> None:
    answer = client.get("/docs")
    assert answer.mimetype == "text/html"
    told = lxml.html.fromstring(answer.text)
    headings = {each.text_content() for each in told.iter("h3")}
    openapi = client.get("/openapi.json").json
    assert openapi
    for path, item in openapi["paths"].items():
        if path.startswith("/v1/queries/"):
            continue
        for method in {"get", "post", "put", "patch", "delete"} & item.keys():
            assert f"{method.upper()} {path}" in headings
    assert "in_force" in {each.text_content() for each in told.iter("code")}
