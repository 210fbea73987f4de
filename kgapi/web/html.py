"""Pages for people: everything on them comes from this server, and nothing in them is a script."""

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


def page(template: str, *, framed: bool = False, **values: object) -> Response:
    """A page from its template; ``framed`` where pages of others may show it within theirs."""
    headers = {
        "Vary": "Accept",
        "Content-Security-Policy": _POLICY.replace("ancestors 'none'", "ancestors *")
        if framed
        else _POLICY,
        "X-Content-Type-Options": "nosniff",
    }
    text = render_template(template, **values)
    return Response(text, content_type=media.HTML.content_type, headers=headers)
