"""Whoever is there to follow a store: a process beside a served folder, else a thread."""

import sqlite3
import sys
import time
from contextlib import suppress
from math import inf
from threading import Event

from kgapi.errors import KgapiError
from kgapi.journal.journal import LOOK, Journal
from kgapi.journal.turn import Turn

# Seconds before what went wrong is tried again: doubled each time.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
# Seconds that a server waits at its start for the index of a small store.
_HEAD_START = 5.0


def keep_following(journal: Journal, stopped: Event, recount_every: float = inf) -> None:
    """Follow the store until stopped, each time that it changes.

    One that others write to is looked over every ``recount_every`` seconds. What goes wrong is
    told on the error stream and tried again.
    """
    with Turn(journal.folder) as turn:
        while not turn.take():
            if stopped.wait(LOOK):
                return
        pause, recount_at = _FIRST_PAUSE, time.monotonic() + recount_every
        while not stopped.is_set():
            recount = time.monotonic() >= recount_at
            try:
                seen = journal.engine.mark()
                journal.follow(recount=recount)
                pause = _FIRST_PAUSE
                if recount:
                    recount_at = time.monotonic() + recount_every
                _wait(journal, seen, stopped, recount_at)
            except (KgapiError, sqlite3.Error) as error:
                print(f"kgapi: the index does not follow: {error}", file=sys.stderr, flush=True)
                stopped.wait(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)


def await_first(journal: Journal, stopped: Event) -> None:
    """Wait until a small store has been followed; a large one is while others serve it."""
    ends = time.monotonic() + _HEAD_START
    with suppress(KgapiError):
        while journal.present() is None and time.monotonic() < ends:
            if stopped.wait(LOOK):
                return


def _wait(journal: Journal, seen: str, stopped: Event, ends: float) -> None:
    """Until the store is no longer at the mark that was seen, or it is time to look it over."""
    while not stopped.is_set() and journal.engine.mark() == seen and time.monotonic() < ends:
        journal.wanted.wait(LOOK)
        journal.wanted.clear()
