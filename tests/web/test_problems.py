"""One error shape, and the one test file that owns it."""

from collections.abc import Callable, Iterator
from contextlib import closing
from http import HTTPStatus

import pytest
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException, default_exceptions

from kgapi.errors import KgapiError
from kgapi.store.embedded import EmbeddedEngine
from tests.conftest import application


def family(error: type[KgapiError]) -> Iterator[type[KgapiError]]:
    yield error
    for each in error.__subclasses__():
        yield from family(each)


ERRORS = list(family(KgapiError))
STATUSES = [each for each in HTTPStatus if each >= 400]


def raising(error: Exception) -> Callable[[], None]:
    def view() -> None:
        raise error

    return view


def refusal(status: HTTPStatus) -> Exception:
    class Refusal(default_exceptions.get(status, HTTPException)):  # type: ignore[misc]
        code = status

    return Refusal()


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    """One for all, since nobody writes; ``/fail/{error or status}`` raises it."""
    failures = {error.__name__: error("this time") for error in ERRORS}
    failures |= {str(status.value): refusal(status) for status in STATUSES}
    with closing(EmbeddedEngine()) as engine:
        app = application(engine)
        for name, failure in failures.items():
            app.add_url_rule(f"/fail/{name}", f"fail-{name}", raising(failure))
        yield app.test_client()


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


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_the_type_of_each_error_of_ours_leads_to_its_explanation(
    client: FlaskClient, error: type[KgapiError]
) -> None:
    problem = client.get(f"/fail/{error.__name__}").json
    kind = client.get(problem["type"]).json
    assert kind["description"]
    assert {name: problem[name] for name in ("type", "title", "status")} == {
        name: kind[name] for name in ("type", "title", "status")
    }


@pytest.mark.parametrize("status", STATUSES)
def test_whatever_http_refuses_is_of_a_kind(client: FlaskClient, status: HTTPStatus) -> None:
    answer = client.get(f"/fail/{status.value}")
    assert answer.status_code == status
    assert client.get(answer.json["type"]).json["title"] == answer.json["title"]


def test_kinds_of_problems_are_listed_once_each_for_people_and_programs(
    client: FlaskClient,
) -> None:
    listed = client.get("/problems").json
    assert len({kind["type"] for kind in listed}) == len(listed)
    assert {kind["type"].rpartition("/")[2] for kind in listed} == {
        error.slug for error in family(KgapiError)
    }
    page = client.get("/problems", headers={"Accept": "text/html,*/*;q=0.5"})
    assert page.mimetype == "text/html"
    for kind in listed:
        assert kind["type"] in page.text
        shown = client.get(kind["type"], headers={"Accept": "text/html"})
        assert f"<h1>{kind['title']}</h1>" in shown.text.replace("&#39;", "'")
    assert client.get("/problems/none").status_code == 404
    assert client.get("/problems?format=csv").status_code == 406
