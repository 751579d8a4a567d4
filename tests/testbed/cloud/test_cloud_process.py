"""The process: how it starts, ends and refuses."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.testbed.cloud.cloud_visitor import API, Attempt, Browser, Cloud, answer_in, running, tokens_for

# seconds, on a machine that has much else to do; what waits for an open connection takes longer than that
PROMPT = 20.0


def cloud_with(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "testbed.cloud", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)


def test_it_starts_fast_ends_cleanly_and_comes_back_as_it_was(tmp_path: Path) -> None:
    with running(tmp_path) as first:
        # computing, not waiting: other tests may be running beside this one
        to_start = sum(psutil.Process(first.process.pid).cpu_times()[:2])
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
        assert (to_start < 1.5, to_end < PROMPT) == (True, True)
        assert second.ready["port"] != first.ready["port"]
        assert second.trust.get_ca_certs() == first.trust.get_ca_certs()
        assert second.admin.get("/accounts").json() == accounts
        assert again.status_code == 200


def test_keys_and_passwords_are_for_their_owner_alone(cloud: Cloud) -> None:
    tokens_for(cloud, "ada@nordlys.test")
    cloud.admin.post("/keys/rotate")
    cloud.admin.put("/accounts/ada@nordlys.test/password", json={})
    home = Path(cloud.ready["ca"]).parent
    names = ("accounts.json", "accounts-changed.json", "hosts.key", "ca.key", "vault.key", "evidence.jsonl")

    secret = [home / name for name in names] + sorted(home.glob("id-token*.key"))
    assert len(secret) >= len(names) + 2
    assert {file.stat().st_mode & 0o077 for file in secret} == {0}


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--home", "/dev/null/home"),
        ("--home", "x", "--domain", "superoffice.com"),
        ("--home", "x", "--crash-sink", "in.appcenter.ms"),
    ],
)
def test_bad_arguments_are_told_in_one_line(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ended = cloud_with(*arguments)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_restart_in_the_middle_of_a_sign_in_goes_unnoticed(tmp_path: Path) -> None:
    attempt = Attempt()
    with running(tmp_path) as first, first.client() as client:
        first.admin.post("/clock", json={"advance_seconds": 1000})
        page = Browser(client).submit(Browser(client).open(attempt.url()), "next", email="ada@nordlys.test")
        cookies = dict(client.cookies)
    with running(tmp_path) as second, second.client() as client:
        for name, value in cookies.items():
            client.cookies.set(name, value, "id.superoffice.test")
        browser = Browser(client)
        browser.submit(page, "sign_in", password=second.password("ada@nordlys.test"))

        assert "code" in answer_in(browser.left_to)
        assert second.admin.post("/clock", json={"advance_seconds": 0}).json()["ahead_seconds"] == 1000


def test_an_open_push_connection_does_not_keep_it_from_ending(tmp_path: Path) -> None:
    with running(tmp_path) as cloud, cloud.client() as phone:
        place = "https://mtalk.google.test/listen"
        with phone.stream("GET", place, params={"device": "phone", "topic": "app"}) as stream:
            next(stream.iter_lines())
            started = time.perf_counter()
            code = cloud.end()

    assert (code, time.perf_counter() - started < PROMPT) == (0, True)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_no_process_of_its_own_outlives_it(tmp_path: Path, how: signal.Signals) -> None:
    with running(tmp_path) as cloud, cloud.client() as client:
        client.get("https://login.lyngen.test/.well-known/openid-configuration").raise_for_status()
        (library,) = psutil.Process(cloud.process.pid).children()
        cloud.process.send_signal(how)
        _, alive = psutil.wait_procs([library], timeout=8)

    assert alive == []
