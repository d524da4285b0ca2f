"""A system reaches this machine and nothing beyond it; where it tried to is told, once for each place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mempress.worker.network import is_local

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Bench

ADAPTER = '''
import json, pathlib, socket, threading
from mempress import Hit


class CallsHome:
    """Tries to reach several places at each store, and writes down what came of it."""

    def __init__(self, workdir, config):
        self.notes = pathlib.Path(config.options["notes"])

    def store(self, records):
        tried = {name: outcome(getattr(self, name)) for name in ("home", "found", "told", "looped", "local", "name")}
        self.notes.write_text(json.dumps(tried))

    def home(self):
        with socket.socket() as caller:
            caller.setblocking(False)
            caller.connect(("192.0.2.1", 443))

    def found(self):
        socket.getaddrinfo("metrics.example.org", 443)

    def told(self):
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as caller:
            caller.sendto(b"x", ("2001:db8::1", 53))

    def looped(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(("localhost", server.getsockname()[1])).close()

    def local(self):
        first, second = socket.socketpair()
        first.sendall(b"x")
        second.recv(1)
        first.close()
        second.close()

    def name(self):
        socket.getaddrinfo(socket.gethostname(), None)

    def search(self, query, *, limit):
        return []

    def close(self):
        pass


def outcome(attempt):
    try:
        attempt()
    except OSError as error:
        return [type(error).__name__, error.errno]
    return "done"
'''


def run(bench: Bench, tmp_path: Path, **settings: Any) -> tuple[Any, dict[str, Any]]:
    path = tmp_path / "calls_home.py"
    path.write_text(ADAPTER, "utf-8")
    notes = tmp_path / "notes.json"
    (summary,) = bench(f"{path}:CallsHome", options={"callshome": {"notes": str(notes)}}, **settings)
    return summary, json.loads(notes.read_text("utf-8"))


def test_what_is_beyond_this_machine_is_refused_as_without_a_network_and_told_once(
    bench: Bench, tmp_path: Path
) -> None:
    """Four batches, each of which asks for three places: three violations in all, and the run goes on."""
    summary, notes = run(bench, tmp_path)
    assert notes["home"] == ["OSError", 101]
    assert notes["found"] == ["gaierror", -3]
    assert notes["told"] == ["OSError", 101]
    assert notes["looped"] == notes["local"] == notes["name"] == "done"
    told = [error.message for error in summary.errors if error.kind == "violation"]
    places = ("192.0.2.1 port 443", "metrics.example.org", "2001:db8::1 port 53")
    assert [place for place in places if any(place in text for text in told)] == list(places)
    assert len(told) == 3
    assert (summary.status, summary.metrics.max_records) == ("completed", 1_000)


def test_a_run_that_allows_it_refuses_nothing(bench: Bench, tmp_path: Path) -> None:
    """The socket is asked for a connection and says that it is on its way, or that there is no such network."""
    summary, notes = run(bench, tmp_path, allow_network=True, max_records=250)
    assert not summary.errors
    assert notes["looped"] == "done"
    assert notes["home"] in (["BlockingIOError", 115], ["OSError", 101])


@pytest.mark.parametrize(
    "host",
    [
        *(None, "", "localhost", "LOCALHOST.", "127.0.0.1", "127.8.9.1", "::1", "0.0.0.0", "::"),  # noqa: S104 - a name to judge
        *("::ffff:127.0.0.1", "::1%lo", b"localhost", bytearray(b"127.0.0.1")),
    ],
)
def test_this_machine_is_known_by_its_names_and_addresses(host: Any) -> None:
    assert is_local(host)


@pytest.mark.parametrize(
    "host",
    ["192.0.2.1", "10.0.0.1", "::ffff:192.0.2.1", "fe80::1%eth0", "localhost.example.org", "127.0.0.1.example", "1"],
)
def test_any_other_place_is_beyond_it(host: Any) -> None:
    assert not is_local(host)
