"""The pages of things in a real browser: without scripts, on a phone, in the dark, by keyboard."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import BASE, Server

pytestmark = [pytest.mark.slow, pytest.mark.clients]

PLACES = [
    "/?format=html",
    "/search?q=iran",
    "/doc/country/ru.html",
    "/doc/country/xx.html",
    "/ontology.html",
    "/vocab.html",
    "/vocab/action.html",
    "/dataset?format=html",
    "/sparql?format=html",
]
Open = Callable[..., Any]


@pytest.fixture
def opened(chromium: Any, live: Server) -> Iterator[Open]:
    """A page of the server, in a window of its own; whatever the browser complains of fails."""
    complaints: list[str] = []

    def opened(place: str, **how: Any) -> Any:
        page = chromium.new_context(**how).new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("requestfailed", lambda request: complaints.append(request.url))
        page.goto(live.address.rstrip("/") + place)
        return page

    yield opened
    told = [each for each in complaints if "status of 404" not in each]
    assert told == []


@pytest.fixture(scope="module")
def article(live: Server) -> str:
    """The place of an article that states much."""
    items = live.http.get("/v1/articles", params={"limit": 100}).json()["items"]
    iri = next(each["id"] for each in items if "russia-and-iran-sign" in each["id"])
    return f"/doc/{iri.removeprefix(f'{BASE}id/')}.html"


@pytest.mark.parametrize("place", PLACES)
def test_pages_fit_on_a_phone_without_scripts(opened: Open, place: str) -> None:
    phone = {"viewport": {"width": 360, "height": 640}, "java_script_enabled": False}
    page = opened(place, **phone)
    assert page.locator("h1").count() == 1
    assert page.locator("main").bounding_box()["width"] <= 360
    width = page.locator("html").evaluate("each => each.scrollWidth")
    assert width <= 360


def test_an_article_fits_on_a_phone(opened: Open, article: str) -> None:
    page = opened(article, viewport={"width": 360, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_iri_of_a_passage_leads_to_its_place(opened: Open, article: str) -> None:
    page = opened(article, viewport={"width": 1200, "height": 400})
    fragment = page.locator(".place").last.get_attribute("id")
    iri = article.replace("/doc/", "/id/").removesuffix(".html")
    page.goto(page.url.partition("/doc/")[0] + f"{iri}#{fragment}")
    assert page.url.endswith(f"#{fragment}")
    marked = page.locator(".place:target + mark")
    box = marked.bounding_box()
    assert 0 <= box["y"] <= 400
    assert marked.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"


def test_a_number_in_the_text_leads_to_its_fact(opened: Open, article: str) -> None:
    page = opened(article)
    page.locator(".text sup a").first.click()
    card = page.locator(".card:target")
    assert card.locator(".number").inner_text() == "1"


def test_the_keyboard_reaches_everything(opened: Open, article: str) -> None:
    page = opened(article)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the content"
    links = page.locator("a[href]").count()
    reachable = page.locator("a[href]:not([tabindex='-1'])").count()
    assert links == reachable > 40


def test_words_can_be_read_in_light_and_dark(opened: Open, article: str) -> None:
    for scheme in ("light", "dark"):
        page = opened(article, color_scheme=scheme)
        for part in ("body", "mark", ".meta", "a"):
            ratio = page.locator(part).first.evaluate(CONTRAST)
            # WCAG 2.2, level AA.
            assert ratio >= 4.5, (scheme, part)


CONTRAST = """each => {
  const light = colour => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map(value => {
      const part = value / 255
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const behind = node => {
    const colour = getComputedStyle(node).backgroundColor
    return colour !== "rgba(0, 0, 0, 0)" ? colour : behind(node.parentElement)
  }
  const [high, low] = [light(getComputedStyle(each).color), light(behind(each))].sort((a, b) => b - a)
  return (high + 0.05) / (low + 0.05)
}"""
