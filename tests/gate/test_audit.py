"""`pocketgate audit` as a script calls it: exit codes, JSON, SARIF."""

import json
import subprocess
import sys
from pathlib import Path

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
