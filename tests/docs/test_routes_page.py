"""The page of routes is what the server says of itself."""

import runpy
from pathlib import Path

from flask.testing import FlaskClient

ROOT = Path(__file__).parents[2]


def test_the_page_is_made_from_the_description(client: FlaskClient) -> None:
    page = runpy.run_path(str(ROOT / "docs" / "build_routes.py"))["page"]
    openapi = client.get("/openapi.json").json
    told = page(openapi)
    assert (ROOT / "docs" / "routes.md").read_text("utf-8") == told, (
        "run python docs/build_routes.py"
    )
    listed = [path for path in openapi["paths"] if not path.startswith("/v1/queries/")]
    assert all(f" {path}`\n" in told for path in listed)
