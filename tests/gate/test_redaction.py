import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from gate.redaction import Redactor
from gate.rundir import RunDir, read_lines
from traffic.artefacts import in_writing, leaks_in

TOKEN = "8A:Cust10001.c2VjcmV0"


class Admin(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        rows = [{"kind": "access_token", "value": TOKEN}, {"kind": "password", "value": "abc"}]
        right = self.path == "/secrets" and self.headers["Authorization"] == "Bearer key"
        self.send_response(200 if right else 401)
        self.end_headers()
        self.wfile.write(json.dumps(rows).encode() if right else b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name of the base class
        """Keep the tests' output clean."""


@pytest.fixture
def admin() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), Admin) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def lab(tmp_path: Path, admin: HTTPServer) -> Path:
    path = tmp_path / "lab.json"
    cloud = {"admin": f"http://127.0.0.1:{admin.server_port}", "admin_token": "key"}
    path.write_text(json.dumps({"lanes": [{"cloud": cloud}]}))
    return path


def test_what_the_tenant_names_as_secret_is_replaced_by_its_kind(lab: Path) -> None:
    redactor = Redactor(lab)

    redactor.learn()

    assert (
        redactor.redacted(f"found {TOKEN} in prefs.xml, abc")
        == "found \u2039access token #0 …cmV0\u203a in prefs.xml, abc"
    )


def test_a_secret_stays_known_when_the_tenant_is_gone(lab: Path, admin: HTTPServer) -> None:
    redactor = Redactor(lab)
    redactor.learn()
    cloud = {"admin": f"http://127.0.0.1:{admin.server_port}", "admin_token": "other"}
    lab.write_text(json.dumps({"lanes": [{"cloud": cloud}]}))

    redactor.learn()

    assert TOKEN not in redactor.redacted(TOKEN)


def test_without_a_lab_nothing_is_asked(tmp_path: Path) -> None:
    redactor = Redactor(tmp_path / "lab.json")

    redactor.learn()

    assert redactor.redacted("a text") == "a text"


def test_what_was_named_is_kept_once_for_the_verdict_and_for_nobody_else(lab: Path, tmp_path: Path) -> None:
    kept = tmp_path / "named.jsonl"
    redactor = Redactor(lab, kept)

    redactor.learn()
    redactor.learn()

    assert [row["kind"] for row in read_lines(kept)] == ["access_token", "password"]
    assert kept.stat().st_mode & 0o777 == 0o600


def test_what_is_named_lies_with_the_raw_capture_for_a_run_may_be_killed(tmp_path: Path, lab: Path) -> None:
    run = RunDir(tmp_path / "run")

    Redactor(lab, run.named).learn()

    assert run.named.is_relative_to(run.traffic)
    assert run.named.stat().st_mode & 0o077 == 0
    assert TOKEN in run.named.read_text()
    assert leaks_in(run.path, in_writing([("access_token", TOKEN)])) == ()
