"""The HAR of a session holds no secret of any session."""

import base64
import json
from pathlib import Path
from urllib.parse import urlencode

from gate.shared_traffic import SharedTraffic
from tests.traffic.test_exchanges import EXCHANGE, line
from traffic.secrets import Secrets

TOKEN, COOKIE = "8A:Cust10001.q8ZkP3vY7uT1xW0bN5cM2d", "xs-Nn2mB8vCx4zLk6jHg5fDsQ1"


def of(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


SIGN_IN = {
    **EXCHANGE,
    "method": "POST",
    "request_body": of(urlencode({"grant_type": "authorization_code", "code": "c" * 24})),
    "response_body": of(json.dumps({"access_token": TOKEN})),
    "response_headers": [["set-cookie", f"SoAuth.Xsrf={COOKIE}; Secure"]],
}
CALL = {
    **EXCHANGE,
    "path": "/Cust10001/api/v1/Contact",
    "request_headers": [["authorization", f"Bearer {TOKEN}"], ["cookie", f"SoAuth.Xsrf={COOKIE}"]],
}


def test_a_token_of_an_earlier_session_is_taken_out_as_well(tmp_path: Path) -> None:
    events = tmp_path / "traffic" / "virtual-android" / "events.jsonl"
    events.parent.mkdir(parents=True)
    events.write_text(line(0, "exchange", **SIGN_IN))
    (tmp_path / "lab.json").write_text(
        json.dumps({"lanes": [{"phone": {"name": "virtual-android"}, "recorder": {"events": str(events)}}]})
    )
    session = SharedTraffic(tmp_path / "lab.json")
    with events.open("a") as more:
        more.write(line(1, "exchange", **CALL))

    (har,) = session.write("benchmarks", ("virtual-android",), Secrets(()))

    entries = json.loads(har.read_text())["log"]["entries"]
    assert len(entries) == 1
    assert "q8ZkP3vY7uT1xW0b" not in har.read_text()
    assert "2mB8vCx4zLk6jHg5" not in har.read_text()
