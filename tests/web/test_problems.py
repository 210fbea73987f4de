"""One error shape, and the one test file that owns it."""

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/v1/articles/none", 404),
        ("GET", "/v1/articles/none/facts", 404),
        ("GET", "/v1/entities/country/none", 404),
        ("GET", "/v1/facts/event/none", 404),
        ("DELETE", "/v1/articles", 405),
        ("PUT", "/healthz", 405),
        ("GET", "/v1/articles?limit=0", 422),
        ("GET", "/v1/articles?limit=many", 422),
        ("GET", "/v1/facts?colour=red", 422),
        ("GET", "/v1/entities/a%20b/%3Cx%3E", 404),
        ("GET", "/sparql?default-graph-uri=http://example.org/g", 400),
        ("GET", "/graphs", 400),
        ("GET", "/graphs?graph=relative", 400),
        ("GET", "/graphs/none", 404),
        ("PUT", "/graphs?graph=http://example.org/g", 401),
        ("DELETE", "/sparql", 405),
        ("GET", "/sparql?query=SELECT", 400),
        ("POST", "/sparql", 415),
    ],
)
def test_every_error_is_a_problem_document(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == status, answer.data
    assert answer.content_type == "application/problem+json"
    problem = answer.json
    assert problem["status"] == status
    assert problem["type"].startswith("http://localhost/problems/")
    assert problem["title"]
    assert problem["detail"]


def test_a_wrong_method_is_told_the_right_ones(client: FlaskClient) -> None:
    answer = client.delete("/v1/articles")
    assert {"GET", "POST"} <= {name.strip() for name in answer.headers["Allow"].split(",")}


def test_a_wrong_parameter_is_named(client: FlaskClient) -> None:
    answer = client.get("/v1/articles?limit=many")
    assert "limit" in str(answer.json["errors"])


def test_an_unknown_parameter_is_named(client: FlaskClient) -> None:
    assert "colour" in str(client.get("/v1/facts?colour=red").json["errors"])
