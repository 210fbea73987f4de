"""The command line as somebody at a terminal meets it: real processes, real stores."""

import gzip
import json
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from kgapi.cli import main
from tests.conftest import TOKEN, Server, environment

TEXT = (
    "US leaves nuclear deal\n\n8 May 2018\n\n"
    "The United States withdrew from the JCPOA on Tuesday. "
    "The “United States” imposed sanctions on Iran over its nuclear\u00a0programme.\n"
)


def kgapi(
    *arguments: str | Path, stdin: str = "", **settings: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kgapi", *map(str, arguments)],
        input=stdin, capture_output=True, text=True, timeout=120, env=environment(**settings),
    )  # fmt: skip


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_has_help(name: str) -> None:
    done = kgapi(name, "--help")
    assert done.returncode == 0
    assert len(done.stdout.split()) > 20


def test_help_names_every_setting() -> None:
    assert {"KGAPI_STORE", "KGAPI_BASE", "KGAPI_TOKEN"} <= set(
        re.findall(r"KGAPI_\w+", kgapi("--help").stdout)
    )


def test_extract_prints_the_contract_and_stores_nothing(article: Path, tmp_path: Path) -> None:
    done = kgapi("extract", article, KGAPI_STORE=str(tmp_path / "store"))
    assert done.returncode == 0, done.stderr
    facts = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(facts) >= 2
    for fact in facts:
        assert list(fact) == [
            "type", "action", "roles", "values", "time", "realis", "modality", "speaker",
            "confidence", "rule", "inferred", "evidence",
        ]  # fmt: skip
        assert list(fact["time"]) == ["begin", "end", "text", "precision", "lasting"]
        for role in fact["roles"].values():
            assert all(list(filler) == ["iri", "label", "type"] for filler in role)
        for evidence in fact["evidence"]:
            assert TEXT[evidence["start"] : evidence["end"]] == evidence["text"]
    assert not (tmp_path / "store").exists()


@pytest.mark.slow
def test_what_is_extracted_and_corrected_can_be_submitted(article: Path, tmp_path: Path) -> None:
    store = {"KGAPI_STORE": str(tmp_path / "store"), "KGAPI_EXTRACTOR": "submitted"}
    ingested = kgapi("ingest", article, **store)
    iri = json.loads(ingested.stdout)["article"]
    facts = [json.loads(line) for line in kgapi("extract", article).stdout.splitlines()]
    key, digest = iri.rpartition("/")[2], sha256(TEXT.encode()).hexdigest()
    lines = [
        {"article": iri, "by": "Ada", "facts": facts},
        {"article": key, "by": "Ben", "facts": facts[:1]},
        {"article": digest, "by": "Cem", "facts": facts[:1]},
        {"article": iri, "by": "Dan", "facts": [facts[0] | {"evidence": ["Nobody said this."]}]},
        {"by": "Eve", "facts": facts},
    ]
    file = tmp_path / "facts.jsonl"
    file.write_text("\n\n".join(map(json.dumps, lines)) + "\n{", encoding="utf-8")
    done = kgapi("submit", file, **store)
    assert done.returncode == 1
    assert [line.split("\t")[1] for line in done.stdout.splitlines()] == ["new"] * 3
    refused = done.stderr.splitlines()
    assert [re.search(r"line (\d+)", line)[1] for line in refused[:3]] == ["7", "9", "10"]  # type: ignore[index]
    assert "Nobody said this." in refused[0]
    states = "<https://w3id.org/kgapi/sanctions#states>"
    query = f"SELECT (COUNT(DISTINCT ?f) AS ?n) {{ GRAPH ?g {{ ?s {states} ?f }} }}"
    assert kgapi("query", "-e", query, **store).stdout.split() == ["n", str(len(facts))]


def test_ingest_query_and_dump_work_together(article: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    first = kgapi("ingest", article, "--store", store)
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["state"] == "new"
    for option, state in ((), "skipped"), (("--again",), "replaced"):
        again = kgapi("ingest", article, "--store", store, *option)
        assert json.loads(again.stdout)["state"] == state
    asked = kgapi(
        "query", "--store", store, "-e",
        "PREFIX san: <https://w3id.org/kgapi/sanctions#> "
        "SELECT (COUNT(*) AS ?n) { ?fact a san:SanctionsAction }",
    )  # fmt: skip
    assert asked.stdout.split() == ["n", "1"]
    dumped = kgapi("dump", "--store", store)
    assert dumped.stdout.splitlines() == sorted(dumped.stdout.splitlines())
    assert "SanctionsAction" in dumped.stdout


@pytest.mark.slow
def test_two_runs_give_the_same_bytes_whatever_hash_seed_zone_and_locale(
    article: Path, tmp_path: Path
) -> None:
    dumps = []
    for seed, zone, locale in (("1", "Asia/Tehran", "C"), ("2", "America/New_York", "C.UTF-8")):
        settings = {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "PYTHONUTF8": "1"}
        store = tmp_path / seed
        assert kgapi("ingest", article, "--store", store, **settings).returncode == 0
        dumps.append(kgapi("dump", "--store", store, **settings).stdout)
    assert dumps[0] == dumps[1]


@pytest.mark.slow
@pytest.mark.slow
def test_the_index_is_made_anew_by_one_command(article: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    assert kgapi("ingest", article, "--store", store).returncode == 0
    for changed in (r"[1-9]\d*", "0"):
        done = kgapi("index", "--store", store)
        assert done.returncode == 0, done.stderr
        told = rf"{changed} graphs .* holds [1-9]\d* facts, [\d,]+ entities .* and 1 articles\n"
        assert re.fullmatch(told, done.stderr)
    refused = kgapi("index", "--store", ":memory:")
    assert refused.returncode == 2
    assert "KGAPI_INDEX" in refused.stderr


def test_what_is_dumped_can_be_loaded_zipped_or_not_and_is_the_same_again(
    article: Path, tmp_path: Path
) -> None:
    assert kgapi("ingest", article, "--store", tmp_path / "store").returncode == 0
    dumped = kgapi("dump", "--store", tmp_path / "store").stdout
    plain, zipped = tmp_path / "all.nq", tmp_path / "all.nq.gz"
    plain.write_text(dumped, encoding="utf-8")
    zipped.write_bytes(gzip.compress(dumped.encode()))
    for number, file in enumerate((plain, zipped)):
        store = tmp_path / f"store{number}"
        done = kgapi("load", file, "--store", store)
        assert (done.returncode, done.stderr) == (0, "")
        assert kgapi("dump", "--store", store).stdout == dumped


@pytest.mark.parametrize(
    "content",
    [b'<https://example.org/s> <https://example.org/p> "x" <https://example.org/g> .\n<brok',
     gzip.compress(b'<https://example.org/s> <https://example.org/p> "x" .\n', mtime=0)[:-8]],
)  # fmt: skip
def test_a_dataset_that_cannot_be_read_is_told_and_leaves_nothing(
    content: bytes, tmp_path: Path
) -> None:
    file = tmp_path / ("bad.nq.gz" if content.startswith(b"\x1f") else "bad.nq")
    file.write_bytes(content)
    good = tmp_path / "good.nq"
    good.write_bytes(b'<https://example.org/s> <https://example.org/p> "good" .\n')
    done = kgapi("load", good, file, "--store", tmp_path / "store")
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert f"{file} cannot be read" in line
    assert kgapi("dump", "--store", tmp_path / "store").stdout == ""


@pytest.mark.slow
def test_a_bad_file_among_good_ones_is_told_and_the_good_ones_are_taken(
    article: Path, tmp_path: Path
) -> None:
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    done = kgapi("ingest", tmp_path, "--store", tmp_path / "store")
    assert done.returncode == 1
    assert "1 of 2" in done.stderr
    assert "Traceback" not in done.stderr
    good, bad = sorted(map(json.loads, done.stdout.splitlines()), key=lambda told: told["file"])
    assert (good["state"], bad["state"]) == ("new", "failed")
    assert bad["file"].endswith("bad.json")
    assert bad["problem"]["type"] == "unreadable-article"


def test_standard_input_is_read_as_text(tmp_path: Path) -> None:
    done = kgapi("extract", "-", stdin=TEXT)
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["ingest", "/no/such/place"], 2),
        (["extract", "/no/such/file"], 2),
        (["query"], 2),
        (["query", "-e", "SELECT"], 1),
        (["query", "-e", "ASK {}", "--format", "ttl"], 1),
        (["serve", "--port", "99999"], 2),
        (["load", "/no/such/file.nq"], 2),
        (["load", "/etc/hostname"], 2),
        (["validate", "/no/such/file.ttl"], 2),
    ],
)
def test_what_cannot_be_done_is_one_line_and_no_traceback(
    arguments: list[str], status: int, tmp_path: Path
) -> None:
    done = kgapi(*arguments, KGAPI_STORE=str(tmp_path / "store"))
    assert done.returncode == status
    assert "Traceback" not in done.stderr
    assert done.stderr.strip().splitlines()[-1].startswith("Error: ")


def test_a_setting_that_nobody_knows_is_refused(article: Path) -> None:
    done = kgapi("extract", article, KGAPI_STROE="x")
    assert done.returncode == 1
    assert "KGAPI_STROE" in done.stderr


def test_validate_tells_what_breaks(tmp_path: Path) -> None:
    bad = tmp_path / "bad.ttl"
    bad.write_text(
        "@prefix san: <https://w3id.org/kgapi/sanctions#> . "
        "<https://example.org/s> a san:Statement .",
        encoding="utf-8",
    )
    done = kgapi("validate", bad)
    assert done.returncode == 1
    assert "Violation" in done.stdout


def test_a_second_server_on_the_same_store_is_told_in_one_line(live: Server) -> None:
    done = kgapi("serve", "--port", "0", "--store", _store(live))
    assert done.returncode == 1
    assert "in use by another process" in done.stderr
    assert done.stderr.count("\n") == 1


def test_other_commands_work_beside_a_server(live: Server) -> None:
    assert kgapi("query", "-e", "ASK { ?s ?p ?o }", "--store", _store(live)).stdout == "true"
    assert kgapi("dump", "--store", _store(live)).stdout.count("\n") > 1_000


def _store(server: Server) -> str:
    arguments = server.process.args
    assert isinstance(arguments, list)
    return str(arguments[arguments.index("--store") + 1])


def test_the_first_start_makes_a_token_once_and_keeps_only_its_hash(tmp_path: Path) -> None:
    store = tmp_path / "store"
    with Server(store, "--no-seeds") as first:
        assert first.process.stderr
        told = first.process.stderr.readline() + first.process.stderr.readline()
        found = re.search(r"keep it: (\S+)", told)
        assert found, told
        token = found[1]
        assert f"curl -H 'Authorization: Bearer {token}'" in told
        kept = [path.read_bytes() for path in store.rglob("*") if path.is_file()]
        assert kept
        assert not any(token.encode() in content for content in kept)
        assert _post(first.http, token).status_code == 201
        assert _post(first.http, "wrong").status_code == 403
    assert first.process.returncode == 0

    with Server(store, "--no-seeds") as second:
        assert _post(second.http, token).status_code == 200
    assert second.process.returncode == 0
    assert "keep it" not in "".join(second.told)


def test_the_token_of_the_environment_wins(live: Server) -> None:
    assert "keep it" not in "".join(live.told)
    answer = live.http.post(
        "v1/articles",
        content=b"",
        headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "text/plain"},
    )
    assert answer.status_code == 422


@pytest.mark.slow
def test_a_store_of_another_base_is_refused(article: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    assert kgapi("ingest", article, "--store", store).returncode == 0
    done = kgapi("ingest", article, "--store", store, KGAPI_BASE="https://other.example/")
    assert done.returncode == 1
    assert "KGAPI_BASE" in done.stderr


def _post(http: httpx.Client, token: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/plain"}
    return http.post("v1/articles", content=TEXT.encode(), headers=headers)
