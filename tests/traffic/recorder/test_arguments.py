from pathlib import Path

import pytest

from faults import UsageError
from tests.traffic.conftest import Upstream
from traffic.recorder.arguments import parse
from traffic.recorder.hosts import HostMap, Mapping


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "--out"),
        (["--out", "{tmp}/o", "--upstream-ca", "{ca}"], "--map"),
        (["--out", "{tmp}/o", "--upstream-ca", "{tmp}/missing.pem", "--map", "*.a.test=127.0.0.1:1"], "--upstream-ca"),
        (["--out", "{tmp}/o", "--upstream-ca", "{ca}", "--map", "*.a.test"], "--map"),
        (["--out", "{tmp}/o", "--upstream-ca", "{ca}", "--map", "*.a.test=some.host:1"], "--map"),
        (["--out", "{tmp}/o", "--upstream-ca", "{ca}", "--map", "*.a.test=127.0.0.1:0"], "no port"),
        (
            ["--out", "{tmp}/o", "--upstream-ca", "{ca}", "--map", "a.test=127.0.0.1:1", "--listen-port", "x"],
            "listen-port",
        ),
        (
            ["--out", "{tmp}/o", "--upstream-ca", "{ca}", "--map", "a.test=127.0.0.1:1", "--listen-host", "lab.test"],
            "listen-host",
        ),
        (["--out", "{tmp}/used", "--upstream-ca", "{ca}", "--map", "a.test=127.0.0.1:1"], "already holds"),
    ],
)
def test_a_wrong_argument_is_named(upstream: Upstream, tmp_path: Path, arguments: list[str], reason: str) -> None:
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "events.jsonl").touch()

    with pytest.raises(UsageError, match=reason):
        parse([argument.format(tmp=tmp_path, ca=upstream.ca) for argument in arguments])


def test_an_authority_that_is_kept_outlives_its_recording(upstream: Upstream, tmp_path: Path) -> None:
    words = ["--upstream-ca", str(upstream.ca), "--map", "a.test=127.0.0.1:1"]

    own = parse(["--out", str(tmp_path / "one"), *words])
    kept = parse(["--out", str(tmp_path / "two"), *words, "--authority", str(tmp_path / "kept")])

    assert (own.authority, own.listen_host) == (tmp_path / "one" / "authority", "127.0.0.1")
    assert kept.authority == tmp_path / "kept"


@pytest.mark.parametrize(
    ("host", "port", "target"),
    [
        ("online.a.test", 443, ("127.0.0.1", 1)),
        ("ONLINE.a.test.", 443, ("127.0.0.1", 1)),
        ("a.test", 443, None),
        ("a.test.evil.example", 443, None),
        ("online.a.test", 8443, ("127.0.0.1", 2)),
        ("online.a.test", 80, None),
        ("six.test", 443, ("::1", 3)),
    ],
)
def test_a_name_leads_where_it_is_mapped_and_nowhere_else(host: str, port: int, target: tuple[str, int] | None) -> None:
    texts = ("*.a.test=127.0.0.1:1", "*.a.test:8443=127.0.0.1:2", "six.test=::1:3")

    assert HostMap(map(Mapping.parse, texts)).target(host, port) == target
