import base64
import json
from pathlib import Path
from typing import Any

from tests.traffic.test_exchanges import EXCHANGE, line, recording_of
from traffic.audit import audit
from traffic.har import write_har
from traffic.redaction import redacted
from traffic.secrets import Allowed, Secret, Secrets

TOKEN = "8A:Cust10001.q+/8ZkP3vY7uT1xW0bN5cM2dL9fK4gJ6hH=="
PASSWORD = "sm0rbr0d-og-k4ffe"
AT_HOME = (Allowed("a.test", "header:authorization"),)
SECRETS = Secrets([Secret("password", PASSWORD), Secret("access_token", TOKEN, AT_HOME)])
BEARER = ["Authorization", f"Bearer {TOKEN}"]


def test_no_traffic_is_blocked(tmp_path: Path) -> None:
    result = audit(recording_of(tmp_path, line(0)), SECRETS)

    assert (result.exchanges, result.findings) == (0, ())
    assert "no exchange" in result.blocked[0]


def test_clean_traffic_is_neither_blocked_nor_found(tmp_path: Path) -> None:
    recording = recording_of(tmp_path, line(0, "exchange", **{**EXCHANGE, "request_headers": [BEARER]}))
    result = audit(recording, SECRETS)

    assert (result.exchanges, result.findings, result.blocked) == (1, (), ())


def test_a_truncated_body_blocks_although_nothing_was_found(tmp_path: Path) -> None:
    result = audit(recording_of(tmp_path, line(0, "exchange", **{**EXCHANGE, "request_truncated": True})), SECRETS)

    assert result.findings == ()
    assert len(result.blocked) == 1


def test_only_what_came_since_is_judged(tmp_path: Path) -> None:
    old = line(0, "exchange", **{**EXCHANGE, "scheme": "http"})
    recording = recording_of(tmp_path, old + line(1) + line(2, "exchange", **EXCHANGE))

    assert audit(recording, SECRETS, since=1).findings == ()
    assert [finding.exchange for finding in audit(recording, SECRETS).findings] == [0]


def leaky_exchange() -> dict[str, Any]:
    body = json.dumps({"password": PASSWORD, "blob": base64.b64encode(TOKEN.encode()).decode()}).encode()
    escaped = "".join(f"\\u{ord(c):04x}" for c in PASSWORD)
    return {
        **EXCHANGE,
        "url": f"https://a.test/?p={PASSWORD}",
        "path": f"/?p={PASSWORD}",
        "request_headers": [BEARER, ["X-Harmless", "stays"], ["Content-Type", "application/json"]],
        "request_body": base64.b64encode(body).decode(),
        "response_headers": [["Location", f"/next?p={PASSWORD}"], ["Content-Type", "text/plain"]],
        "response_body": base64.b64encode(f'{{"v": "{escaped}"}}'.encode()).decode(),
    }


def test_the_har_holds_no_secret_and_all_the_rest(tmp_path: Path) -> None:
    recording = recording_of(tmp_path, line(0, "exchange", **leaky_exchange()))
    write_har(tmp_path / "traffic.har", recording.exchanges(), SECRETS)
    text = (tmp_path / "traffic.har").read_text("utf-8")
    request = json.loads(text)["log"]["entries"][0]["request"]

    assert SECRETS.found_in(text) == ()
    assert request["url"] == "https://a.test/?p=\u2039password #0\u203a"
    assert {"name": "Authorization", "value": "Bearer \u2039access token #1 …hH==\u203a"} in request["headers"]
    assert {"name": "X-Harmless", "value": "stays"} in request["headers"]


def test_a_secret_that_shows_only_through_a_wrapping_takes_the_whole_word_with_it() -> None:
    wrapped = "".join(f"%{b:02X}" for b in PASSWORD.encode())

    assert redacted(f"before {wrapped} after", SECRETS) == "before \u2039password #0\u203a after"


def test_a_secret_that_no_single_word_holds_takes_the_whole_text_with_it() -> None:
    broken = base64.encodebytes(b"x" * 50 + PASSWORD.encode()).decode()

    assert redacted(f"see {broken}", SECRETS) == "\u2039password #0\u203a"


def test_text_without_secrets_is_left_alone() -> None:
    assert redacted("nothing here: caf\u00e9", SECRETS) == "nothing here: caf\u00e9"
