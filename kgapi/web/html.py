"""Pages for people: everything on them comes from this server, and nothing in them is a script."""

from collections.abc import Mapping

from flask import Response, render_template

from kgapi import media

# Scripts are files of our own; there are none in the text of a page, whoever wrote that text.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def page(template: str, **values: object) -> Response:
    """A page from its template."""
    return _page(template, _POLICY, values)


def framed_page(template: str, **values: object) -> Response:
    """A page that pages of others may show within theirs."""
    return _page(template, _POLICY.replace("ancestors 'none'", "ancestors *"), values)


def _page(template: str, policy: str, values: Mapping[str, object]) -> Response:
    headers = {
        "Vary": "Accept",
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
    }
    text = render_template(template, **values)
    return Response(text, content_type=media.HTML.content_type, headers=headers)
