"""The process: how it starts, ends and refuses."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.testbed.cloud.cloud_visitor import API, running, tokens_for


def cloud_with(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "testbed.cloud", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)


def test_it_starts_fast_ends_cleanly_and_comes_back_as_it_was(tmp_path: Path) -> None:
    started = time.perf_counter()
    with running(tmp_path) as first:
        to_start = time.perf_counter() - started
        token = tokens_for(first, "ada@nordlys.test")["access_token"]
        client = first.client(headers={"Authorization": f"Bearer {token}"})
        client.get(f"{API}/Contact")
        accounts = first.admin.get("/accounts").json()
        # the client's connection is still open
        started = time.perf_counter()
        code = first.end()
        to_end = time.perf_counter() - started
        client.close()
    with running(tmp_path) as second, second.client() as app:
        again = app.get(f"{API}/Contact", headers={"Authorization": f"Bearer {token}"})

        assert code == 0
        assert (to_start < 3, to_end < 3) == (True, True)
        assert second.ready["port"] != first.ready["port"]
        assert second.trust.get_ca_certs() == first.trust.get_ca_certs()
        assert second.admin.get("/accounts").json() == accounts
        assert again.status_code == 200


def test_keys_and_passwords_are_for_their_owner_alone(process: object) -> None:
    home = Path(process.ready["ca"]).parent

    assert {(home / name).stat().st_mode & 0o077 for name in ("accounts.json", "hosts.key", "id-token.key")} == {0}


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--home", "/dev/null/home"),
        ("--home", "x", "--domain", "superoffice.com"),
    ],
)
def test_bad_arguments_are_told_in_one_line(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ended = cloud_with(*arguments)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
