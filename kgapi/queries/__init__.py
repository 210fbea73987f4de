"""Queries are documents: ``.rq`` files with a header, bound by terms; and the reads built on them."""
