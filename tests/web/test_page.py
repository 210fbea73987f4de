"""The SPARQL page in a real browser, which has no network but this server."""

import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

import lxml.html
import pytest

from tests.conftest import BASE, Server, lacking

pytestmark = pytest.mark.slow

COUNTRIES = """PREFIX san: <https://w3id.org/kgapi/sanctions#>
SELECT ?country ?code { ?country san:alpha2 ?code FILTER(?code IN ("IR", "RU")) } ORDER BY ?code"""


@pytest.fixture(scope="module")
def chromium() -> str:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    return found or lacking("there is no Chromium: install Debian's chromium")


def seen(chromium: str, address: str, profile: Path) -> lxml.html.HtmlElement:
    """A page as it is once its scripts have run for some seconds of its own time."""
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    time, folder = "--virtual-time-budget=8000", f"--user-data-dir={profile}"
    command = [chromium, *flags, time, folder, "--dump-dom", address]
    done = subprocess.run(command, capture_output=True, timeout=90, check=True)
    return lxml.html.fromstring(done.stdout.decode())


def asked(chromium: str, live: Server, query: str, profile: Path) -> lxml.html.HtmlElement:
    return seen(chromium, f"{live.address}sparql?format=html#query={quote(query)}", profile)


def test_the_answer_is_a_table_on_the_page(chromium: str, live: Server, tmp_path: Path) -> None:
    page = asked(chromium, live, COUNTRIES, tmp_path)
    rows = page.xpath("//*[@id='shown']//tr")
    assert [[cell.text_content() for cell in row] for row in rows] == [
        ["country", "code"],
        [f"{BASE}id/country/ir", "IR"],
        [f"{BASE}id/country/ru", "RU"],
    ]
    assert page.get_element_by_id("told").text_content().startswith("2 rows, in ")
    downloads = page.xpath("//*[@id='downloads']/a")
    assert [link.text for link in downloads] == ["json", "xml", "csv", "tsv"]
    csv = live.http.get(downloads[2].get("href"))
    assert csv.text.split() == [
        "country,code",
        f"{BASE}id/country/ir,IR",
        f"{BASE}id/country/ru,RU",
    ]


def test_graphs_truth_and_errors_are_shown_too(chromium: str, live: Server, tmp_path: Path) -> None:
    for query, words in (
        ("CONSTRUCT WHERE { ?s <https://w3id.org/kgapi/sanctions#alpha2> 'IR' }", "id/country/ir"),
        ("ASK {}", "Yes"),
        ("SELECT *\n{ ?s ?p }", "line 2, column"),
        ("SELECT ('<img src=x>' AS ?x) {}", "<img src=x>"),
    ):
        page = asked(chromium, live, query, tmp_path)
        answer = page.get_element_by_id("answer")
        assert words in answer.text_content()
        assert not answer.xpath(".//img")
