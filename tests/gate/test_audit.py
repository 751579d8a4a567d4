"""`pocketgate audit` as a script calls it: exit codes, JSON, SARIF."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sarif_pydantic import Sarif

from tests.traffic.captures.builders import HOST, capture, shake_hands
from tests.traffic.captures.clean import LEAK, TENANT, clean_exchanges, secrets_file, with_token_in_url, write_capture

KINDS = pytest.mark.parametrize("name", ["a.har", "a.mitm"])
TOKEN = "8A:Cust10001.q+/8ZkP3vY7uT1xW0bN5cM2dL9fK4gJ6hH=="


def call(*arguments: object) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("pocketgate")
    return subprocess.run([program, "audit", *map(str, arguments)], capture_output=True, text=True, check=False)


def har(path: Path, text: str) -> Path:
    request = {"method": "POST", "url": "https://sink.example/x", "headers": [], "postData": {"text": text}}
    answer = {"status": 200, "headers": [], "content": {"size": 0}}
    path.write_text(json.dumps({"log": {"entries": [{"request": request, "response": answer}]}}))
    return path


def secrets(folder: Path) -> Path:
    path = folder / "secrets.json"
    path.write_text(json.dumps({"secrets": [{"kind": "access_token", "value": TOKEN}]}))
    return path


def test_a_stray_secret_is_exit_1_in_text_json_and_sarif(tmp_path: Path) -> None:
    capture = har(tmp_path / "a.har", TOKEN.encode().hex())

    done = call(capture, "--secrets", secrets(tmp_path), "--json", "--sarif", tmp_path / "a.sarif")
    (result,) = json.loads((tmp_path / "a.sarif").read_text())["runs"][0]["results"]

    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["findings"] == [
        {
            "promise": "tokens_go_only_where_they_belong",
            "claim": "O13",
            "kind": "access_token",
            "secret": 0,
            "host": "sink.example",
            "where": "body",
            "encoding": "hex",
            "exchange": 0,
            "side": "app",
        }
    ]
    assert (result["ruleId"], result["level"]) == ("O13", "error")
    assert TOKEN not in done.stdout + (tmp_path / "a.sarif").read_text()


def test_a_capture_without_a_sign_in_is_blocked_and_says_so(tmp_path: Path) -> None:
    done = call(har(tmp_path / "a.har", "nothing"), "--secrets", secrets(tmp_path))

    assert done.returncode == 3
    assert "no sign-in was recorded" in done.stdout


def test_wrong_usage_is_exit_2(tmp_path: Path) -> None:
    capture = har(tmp_path / "a.har", "x")
    (tmp_path / "bad").write_text("[kinds.p]\nclaim = 1\n")

    codes = [
        call(tmp_path / "none.har").returncode,
        call(capture, "--policy", tmp_path / "bad").returncode,
        call(capture, "--secrets", tmp_path / "bad").returncode,
    ]

    assert codes == [2, 2, 2]


@KINDS
def test_a_complete_and_clean_capture_is_exit_0(tmp_path: Path, name: str) -> None:
    done = call(write_capture(tmp_path / name, clean_exchanges()), "--secrets", secrets_file(tmp_path), "--json")

    assert json.loads(done.stdout) == {"exit": 0, "exchanges": 6, "blocked": [], "findings": []}
    assert done.returncode == 0


@KINDS
def test_what_a_clean_capture_does_without_is_told_and_blocks_nothing(tmp_path: Path, name: str) -> None:
    done = call(write_capture(tmp_path / name, clean_exchanges()), "--secrets", secrets_file(tmp_path))

    assert "not in this capture: O11: no refresh of a token was recorded" in done.stdout
    assert "not in this capture: O18: nobody signed out" in done.stdout
    assert done.returncode == 0


@KINDS
def test_one_token_in_a_url_is_exit_1(tmp_path: Path, name: str) -> None:
    done = call(write_capture(tmp_path / name, with_token_in_url()), "--secrets", secrets_file(tmp_path), "--json")

    leak = {"promise": "tokens_stay_out_of_urls", "claim": "O9", "kind": "access_token", "secret": 0, "host": TENANT}
    place = {"where": "url", "encoding": "raw", "exchange": LEAK, "side": "app"}
    assert json.loads(done.stdout) == {"exit": 1, "exchanges": 6, "blocked": [], "findings": [leak | place]}
    assert done.returncode == 1


@KINDS
def test_an_empty_and_a_cut_capture_are_exit_3(tmp_path: Path, name: str) -> None:
    whole = write_capture(tmp_path / name, clean_exchanges())
    data = whole.read_bytes()
    codes = []
    for size in (0, len(data) - 7, len(data) // 2):
        whole.write_bytes(data[:size])
        done = call(whole, "--secrets", secrets_file(tmp_path), "--json")
        codes.append(done.returncode)
        assert [why for why in json.loads(done.stdout)["blocked"] if "byte" in why], done.stdout

    assert codes == [3, 3, 3]


def test_an_unknown_host_in_packets_is_exit_1_until_a_policy_names_it(tmp_path: Path) -> None:
    packets = capture(tmp_path / "a.pcap")
    shake_hands(packets.opened(HOST, 443))
    packets.opened("tracker.example", 80).sent(b"GET / HTTP/1.1\r\nHost: tracker.example\r\n\r\n")
    packets.close()
    policy = tmp_path / "policy.toml"
    policy.write_text('[hosts]\nsystem = ["tracker.example"]\n[roles]\nhome = ["*.superoffice.test"]\n[kinds.mark]\n')

    strange, named = (call(tmp_path / "a.pcap", *words, "--json") for words in ((), ("--policy", policy)))

    found = {one["promise"]: (one["claim"], one["host"]) for one in json.loads(strange.stdout)["findings"]}
    assert found["every_host_is_known"] == ("O13", "tracker.example")
    assert found["all_traffic_is_tls"] == ("C16", "tracker.example")
    assert (strange.returncode, named.returncode) == (1, 3)
    assert json.loads(named.stdout)["findings"] == []
    assert any("holds no keys" in why for why in json.loads(named.stdout)["blocked"])


def test_the_policy_decides_which_claim_a_leak_breaks(tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('[kinds.access_token]\nclaim = "C25"\n')

    done = call(har(tmp_path / "a.har", TOKEN), "--secrets", secrets(tmp_path), "--policy", policy, "--json")

    assert {one["claim"] for one in json.loads(done.stdout)["findings"]} == {"C25"}


def test_a_text_file_is_blocked_in_two_lines(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello\n" * 50)

    done = call(tmp_path / "notes.txt")

    assert done.stdout.splitlines() == [
        "blocked: notes.txt: byte 0: neither HAR nor mitmproxy's flows nor pcap(ng)",
        "BLOCKED - nothing found in 0 exchanges in notes.txt, but not all could be judged (exit 3)",
    ]
    assert done.returncode == 3


def test_many_findings_are_one_screen_and_all_of_them_sarif(tmp_path: Path) -> None:
    path = tmp_path / "a capture #1.har"
    request = {"method": "POST", "url": "https://sink.example/x", "headers": [], "postData": {"text": TOKEN}}
    entry = {"request": request, "response": {"status": 200, "headers": [], "content": {"size": 3}}}
    path.write_text(json.dumps({"log": {"entries": [entry] * 60}}))

    done = call(path, "--secrets", secrets(tmp_path), "--sarif", tmp_path / "a.sarif")
    read = Sarif.model_validate_json((tmp_path / "a.sarif").read_text())
    places = {
        (at.artifact_location.uri, at.region.start_line)
        for one in read.runs[0].results or ()
        for location in one.locations or ()
        if (at := location.physical_location) and at.artifact_location and at.region
    }

    assert len(done.stdout.splitlines()) < 60
    assert "and 40 more findings: --json tells them all" in done.stdout
    assert "more that could not be judged" in done.stdout
    assert len(read.runs[0].results or ()) == 60
    assert places == {("a%20capture%20%231.har", 1)}
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("/dev/zero",), "/dev/zero: a device and no regular file; give a .har, .mitm or .pcap(ng) file"),
        (("{har}", "--secrets", "{har}"), "it has no list of secrets"),
    ],
)
def test_what_is_no_file_is_told_in_one_line(tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    capture = har(tmp_path / "a.har", "x")

    done = call(*(word.format(har=capture) for word in words))

    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1
