"""No network at run time: with every way out refused, articles go in and queries are answered."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import environment

SEEDS = Path(__file__).parents[1] / "seeds" / "articles"
PROGRAM = r'''
import ipaddress, json, socket, sys
from pathlib import Path

tried = []


def near(host):
    if host in (None, "", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def audit(event, arguments):
    """Refuse every look-up, connection and datagram that leaves this machine."""
    if event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        host = arguments[0]
    elif event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        address = arguments[1]
        if not isinstance(address, tuple):
            return
        host = address[0]
    else:
        return
    if not near(host):
        tried.append(host)
        raise OSError(f"no network here: {event} {host}")


sys.addaudithook(audit)
for refused in (
    lambda: socket.create_connection(("192.0.2.1", 80), timeout=1),
    lambda: socket.getaddrinfo("example.org", 80),
):
    try:
        refused()
    except OSError as error:
        assert "no network here" in str(error), error
    else:
        raise AssertionError("the way out is open")
assert len(tried) == 2, tried
tried.clear()

from kgapi import facts, news, pipeline
from kgapi.app import create_app
from kgapi.graph.iris import Iris
from kgapi.settings import Settings
from kgapi.store import open_engine

settings = Settings(store=":memory:", token="a-token-for-tests")
engine = open_engine(settings)
iris = Iris(settings.base)
pipeline.prepare(engine, iris)
paths = sorted(Path(sys.argv[1]).glob("*.md"))
articles = [news.read(path.read_bytes(), "text/markdown") for path in paths]
stored = list(pipeline.ingest(articles, facts.extractor(settings.extractor), engine, iris))
client = create_app(settings, engine).test_client()
page = (
    "<html><head><title>Norway acts</title></head><body><article><p>Norway imposed sanctions on "
    "Kenya on Monday, 4 March 2024, over the arrest of journalists.</p></article></body></html>"
)
posted = client.post(
    "/v1/articles?published=2024-03-05&source=https://news.example.org/1",
    data=page,
    headers={"Content-Type": "text/html", "Authorization": "Bearer a-token-for-tests"},
)
asked = client.get(
    "/sparql",
    query_string={"query": "SELECT (COUNT(*) AS ?n) { ?s a <https://w3id.org/kgapi/sanctions#Article> }"},
    headers={"Accept": "application/sparql-results+json"},
)
read = [client.get(path).status_code for path in ("/v1/facts", "/openapi.json", "/healthz", "/")]
print(json.dumps({
    "stored": len(stored),
    "facts": sum(len(one.extraction.facts) for one in stored),
    "posted": posted.status_code,
    "articles": json.loads(asked.data)["results"]["bindings"][0]["n"]["value"],
    "read": read,
    "tried": list(map(str, tried)),
}))
'''


@pytest.mark.slow
def test_the_whole_way_without_a_network() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(SEEDS)],
        capture_output=True,
        text=True,
        timeout=300,
        env=environment(),
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    count = len(list(SEEDS.glob("*.md")))
    assert told["facts"] > 10 * count
    assert told == {
        "stored": count,
        "facts": told["facts"],
        "posted": 201,
        "articles": str(count + 1),
        "read": [200, 200, 200, 200],
        "tried": [],
    }
