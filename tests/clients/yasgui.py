"""YASGUI as a person uses it."""

from typing import Any


class Yasgui:
    """A page with YASGUI on it, used as a person uses it."""

    def __init__(self, page: Any, door: str) -> None:
        self.page, self.door = page, door

    def set(self, config: dict[str, object]) -> None:
        """What the person sets in the tab's dialogue."""
        self.page.evaluate("config => yasgui.getTab().setRequestConfig(config)", config)

    def ask(self, text: str) -> tuple[int, str]:
        """Press the button; the status of the answer, and what is shown of it."""
        self.page.evaluate("text => yasgui.getTab().getYasqe().setValue(text)", text)
        self.page.evaluate("() => yasgui.getTab().getYasr().once('drawn', () => window.drawn = 1)")
        with self.page.expect_response(lambda each: each.url.startswith(self.door)) as waited:
            self.page.click(".yasqe_queryButton")
        self.page.wait_for_function("window.drawn")
        self.page.evaluate("delete window.drawn")
        return waited.value.status, self.page.inner_text(".yasr")
