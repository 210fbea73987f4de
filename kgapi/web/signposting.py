"""What a document says of itself in its Link header (RFC 8288, signposting.org level 1)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kgapi import media
from kgapi.media import MediaType
from kgapi.queries.descriptions import FULL, PROFILES, Profile

OFFERS = (*media.GRAPHS, media.HTML)
_PAGE = "https://schema.org/AboutPage"


@dataclass(frozen=True, slots=True)
class Document:
    """A document about a thing, in one representation and profile.

    ``root`` is the URL of the server with a slash at its end, ``address`` that of the document
    without suffix, ``query`` what tells this page of it from others.
    """

    root: str
    address: str
    query: str
    thing: str
    media_type: MediaType
    profile: Profile

    @property
    def location(self) -> str:
        """The address of this very representation (RFC 9110 section 8.7)."""
        return self._in(self.media_type, self.profile)

    def links(self, types: Sequence[str], licence: str, following: str | None) -> str:
        """The Link header: ``types`` are the classes of the thing, ``following`` the page after this."""
        return ", ".join(self._links(types, licence, following))

    def _links(self, types: Sequence[str], licence: str, following: str | None) -> Iterator[str]:
        yield link(self.thing, "cite-as")
        yield link(self.thing, "describes")
        for each in types:
            yield link(each, "type")
        for offer in OFFERS:
            if offer is not self.media_type:
                yield link(self._in(offer, self.profile), "alternate", type=offer.type)
        if self.media_type is media.HTML:
            yield link(_PAGE, "type")
            for offer in media.GRAPHS:
                yield link(self._in(offer, self.profile), "describedby", type=offer.type)
        yield link(self.profile.iri, "profile")
        for profile in PROFILES:
            if profile is not self.profile and not self.query:
                yield link(
                    self._in(self.media_type, profile),
                    "alternate",
                    type=self.media_type.type,
                    profile=profile.iri,
                )
        yield link(f"{self.root}dataset", "collection", type=media.HTML.type)
        if licence:
            yield link(licence, "license")
        if following:
            yield link(following, "next")

    def _in(self, offer: MediaType, profile: Profile) -> str:
        query = self.query if profile is FULL else f"_profile={profile.name}"
        return f"{self.address}.{offer.name}" + (f"?{query}" if query else "")


def link(target: str, relation: str, **attributes: str) -> str:
    """One link of the header."""
    told = "".join(f'; {name}="{value}"' for name, value in attributes.items())
    return f'<{target}>; rel="{relation}"{told}'
