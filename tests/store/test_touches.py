"""Which graphs writes may have touched: more than were changed, perhaps, but never less."""

from pathlib import Path

import pytest

from kgapi.store import touches
from kgapi.store.embedded import EmbeddedEngine
from kgapi.store.touches import Log, Recent, is_reached, logged, of_update


@pytest.mark.parametrize(
    ("update", "names"),
    [
        ("INSERT DATA { GRAPH <a:g> { <a:s> <a:p> 1 } <a:s> <a:p> 2 }", {"a:g", ""}),
        ("PREFIX a: <a:> WITH a:g DELETE { ?s ?p ?o } WHERE { GRAPH ?h { ?s ?p ?o } }", {"a:g"}),
        ("MOVE <a:g> TO <a:h> ; CLEAR DEFAULT", {"a:g", "a:h", ""}),
        ("INSERT { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }", None),
        ("DELETE WHERE { GRAPH ?g { ?s ?p ?o } }", None),
        ("DROP NAMED", None),
        ("CLEAR ALL", None),
        ("this is no update", None),
    ],
)
def test_an_update_names_its_graphs_or_may_touch_any(update: str, names: set[str] | None) -> None:
    assert of_update(update) == names


def test_a_log_tells_the_last_touch_of_each_graph_between_two_revisions(tmp_path: Path) -> None:
    log = Log(tmp_path, "t-1")
    for number, names in ((2, {"a:1", "a:2"}), (3, {"a:1"}), (4, {"a:3"})):
        log.add(f"t-{number}", frozenset(names))
    log.keep()
    log.close()
    told = logged(tmp_path, "t-1", "t-3")
    assert told
    assert {name: touch.revision for name, touch in told.items()} == {"a:1": "t-3", "a:2": "t-2"}
    assert logged(tmp_path, "t-4", "t-4") == {}
    # Of a process that began at revision 3, and wrote seven times alone.
    assert (logged(tmp_path, "t-3+x-14", "t-4") or {}).keys() == {"a:3"}
    assert logged(tmp_path, "t-0", "t-4") is None
    assert logged(tmp_path, "other-2", "t-4") is None
    assert logged(tmp_path / "nowhere", "t-1", "t-4") is None


def test_a_log_that_does_not_know_says_so(tmp_path: Path) -> None:
    log = Log(tmp_path, "t-1")
    log.add("t-2", None)
    log.add("t-3", frozenset({"a:1"}))
    assert logged(tmp_path, "t-1", "t-3") is None
    assert (logged(tmp_path, "t-2", "t-3") or {}).keys() == {"a:1"}
    log.close()


def test_a_line_that_was_cut_off_hides_what_came_before_it_only(tmp_path: Path) -> None:
    log = Log(tmp_path, "t-1")
    log.add("t-2", frozenset({"a:1"}))
    log.close()
    with (tmp_path / "touched").open("ab") as file:
        file.write(b'["t-3", "2026-')
    log = Log(tmp_path, "t-2")
    log.add("t-3", frozenset({"a:2"}))
    assert logged(tmp_path, "t-1", "t-3") is None
    log.add("t-4", frozenset({"a:3"}))
    assert (logged(tmp_path, "t-3", "t-4") or {}).keys() == {"a:3"}
    log.close()


def test_what_was_written_without_the_log_may_be_anything(tmp_path: Path) -> None:
    log = Log(tmp_path, "t-1")
    log.add("t-2", frozenset({"a:1"}))
    log.close()
    Log(tmp_path, "t-2").close()
    assert (logged(tmp_path, "t-1", "t-2") or {}).keys() == {"a:1"}
    log = Log(tmp_path, "t-7")
    log.add("t-8", frozenset({"a:2"}))
    log.close()
    assert logged(tmp_path, "t-2", "t-8") is None
    assert (logged(tmp_path, "t-7", "t-8") or {}).keys() == {"a:2"}


def test_a_log_forgets_its_older_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(touches, "_LARGEST", 100_000)
    log = Log(tmp_path, "t-1")
    for number in range(2, 1_000):
        log.add(f"t-{number}", frozenset({f"https://example.org/graph/{number}/{'x' * 80}"}))
        if number % 10 == 0:
            log.keep()
    log.close()
    assert (tmp_path / "touched").stat().st_size < 102_000
    assert len(logged(tmp_path, "t-900", "t-999") or {}) == 99
    assert logged(tmp_path, "t-1", "t-999") is None


def test_what_is_in_memory_is_forgotten_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(touches, "_KEPT", 10)
    recent = Recent("t")
    for number in range(1, 21):
        recent.add(f"t-{number}", frozenset({f"a:{number}"}))
    assert (recent.since("t-11", "t-20") or {}).keys() == {f"a:{n}" for n in range(12, 21)}
    assert recent.since("t-3", "t-20") is None
    assert recent.since("u-11", "t-20") is None


def test_revisions_are_reached_within_their_store_alone() -> None:
    assert is_reached("t-9", "t-10")
    assert not is_reached("t-10", "t-9")
    assert not is_reached("t-1", "u-2")
    assert not is_reached("t-1", "t-1+x-4")


def test_a_store_from_before_there_was_a_log_begins_one(tmp_path: Path) -> None:
    EmbeddedEngine(tmp_path).close()
    (tmp_path / "touched").unlink()
    engine = EmbeddedEngine(tmp_path)
    with engine.state("nobody-1") as state:
        assert state.touched is None
        mark = state.mark
    engine.update("INSERT DATA { GRAPH <a:g> { <a:s> <a:p> 1 } }")
    with engine.state(mark) as state:
        assert (state.touched or {}).keys() == {"a:g"}
    engine.close()
