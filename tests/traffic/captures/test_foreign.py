"""HAR and flow files that somebody else wrote: read whole, in part, or refused with the byte where it went wrong."""

import base64
import gzip
import json
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from mitmproxy.http import Headers
from mitmproxy.test.tflow import tdnsflow, tflow, ttcpflow, twebsocketflow

from faults import UsageError
from traffic.audit import Audit, audit_capture
from traffic.secrets import Allowed, Secret

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # pyparsing's, of names that mitmproxy uses
    from mitmproxy.io import FlowWriter, tnetstring

TOKEN = "8A:Cust10001.q+/8ZkP3vY7uT1xW0bN5cM2dL9fK4gJ6hH=="
HOST = "api.example.test"
SECRETS = (Secret("access_token", TOKEN, (Allowed(HOST, "header:authorization"),)),)


def entry(**request: Any) -> dict[str, Any]:  # noqa: ANN401 -- any JSON
    asked = {"method": "GET", "url": f"https://{HOST}/x", "httpVersion": "HTTP/1.1", "headers": [], **request}
    answered = {"status": 200, "headers": [], "content": {"size": 2, "text": "ok"}}
    return {"startedDateTime": "2026-11-23T10:00:00Z", "time": 3, "request": asked, "response": answered}


def har(*entries: dict[str, Any]) -> bytes:
    return json.dumps({"log": {"version": "1.2", "creator": {"name": "x"}, "entries": entries}}).encode()


LEAKY = entry(postData={"mimeType": "text/plain", "text": base64.b64encode(f"x{TOKEN}".encode()).decode()})


def write_flows(path: Path, *flows: Any) -> Path:  # noqa: ANN401 -- mitmproxy's flows
    with path.open("wb") as file:
        writer = FlowWriter(file)
        for flow in flows:
            writer.add(flow)
    return path


def leaky_flow() -> Any:  # noqa: ANN401 -- a flow
    flow = tflow(resp=True)
    flow.request.headers = Headers([(b"content-encoding", b"gzip")])
    flow.request.raw_content = gzip.compress(TOKEN.encode())
    return flow


def audit_of(path: Path, data: bytes) -> Audit:
    path.write_bytes(data)
    return audit_capture(path, SECRETS)


def where(found: Audit) -> list[tuple[int, str]]:
    return [(one.exchange, one.where) for one in found.findings if one.secret == 0]


def test_a_har_is_judged_entry_by_entry(tmp_path: Path) -> None:
    found = audit_of(tmp_path / "a.har", har(entry(), LEAKY))

    assert (found.exchanges, where(found)) == (2, [(1, "body")])


def test_flows_of_all_kinds_are_judged(tmp_path: Path) -> None:
    chat, stream, question = twebsocketflow(), ttcpflow(), tdnsflow()
    chat.websocket.messages[0].content = TOKEN.encode()
    stream.messages[0].content, stream.messages[1].content = TOKEN[:20].encode(), b""
    stream.messages[1].from_client = True
    stream.messages[1].content = TOKEN[20:].encode()
    question.request.questions[0].name = f"{TOKEN.encode().hex()[:60]}.{TOKEN.encode().hex()[60:]}.evil.example"
    path = write_flows(tmp_path / "a.mitm", leaky_flow(), chat, stream, question)

    found = audit_capture(path, SECRETS)

    assert found.exchanges == 4
    assert where(found) == [(0, "body"), (1, "frame"), (2, "frame"), (3, "dns")]


def test_flows_of_an_older_format_are_brought_up_to_date(tmp_path: Path) -> None:
    state = leaky_flow().get_state()
    state["version"] = 20
    (tmp_path / "old.mitm").write_bytes(tnetstring.dumps(state))

    found = audit_capture(tmp_path / "old.mitm", SECRETS)

    assert where(found) == [(0, "body")]


def test_a_text_frame_of_an_old_version_is_judged(tmp_path: Path) -> None:
    state = twebsocketflow().get_state()
    first = list(state["websocket"]["messages"][0])
    state["websocket"]["messages"] = [[*first[:2], TOKEN, *first[3:]]]
    (tmp_path / "old.mitm").write_bytes(tnetstring.dumps(state))

    assert where(audit_capture(tmp_path / "old.mitm", SECRETS)) == [(0, "frame")]


def test_a_version_that_nobody_can_bring_up_to_date_is_told(tmp_path: Path) -> None:
    (tmp_path / "old.mitm").write_bytes(tnetstring.dumps(leaky_flow().get_state() | {"version": [0, 10, 1]}))

    (why,) = audit_capture(tmp_path / "old.mitm", SECRETS).blocked

    assert why == "old.mitm: byte 0: flow 0: its version is not one that mitmproxy can bring up to date"


def test_garbage_of_any_size_starts_no_second_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("traffic.mitm_audit._WORTH_SHARING", 0)
    monkeypatch.setattr("traffic.mitm_audit.shared", None)

    assert audit_of(tmp_path / "a.mitm", bytes(1000)).blocked == (
        "a.mitm: byte 0: no length where a value has to begin",
    )


def test_a_shared_file_is_judged_in_parts_as_in_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_flows(tmp_path / "a.mitm", *(leaky_flow() if n % 7 == 3 else tflow(resp=True) for n in range(40)))
    whole = audit_capture(path, SECRETS)
    monkeypatch.setattr("traffic.mitm_audit._PART", 9000)
    monkeypatch.setattr("traffic.mitm_audit._WORTH_SHARING", 0)

    assert audit_capture(path, SECRETS) == whole
    assert [number for number, _ in where(whole)] == [3, 10, 17, 24, 31, 38]


def damaged() -> dict[str, tuple[str, bytes, str]]:
    good = har(LEAKY, entry())
    return {
        "empty": ("a.har", b"", "byte 0: empty"),
        "cut off": ("a.har", good[:-80], "byte"),
        "no JSON": ("a.har", b"\x00\xff" * 40, "byte 0"),
        "no log": ("a.har", b"{}", "byte 0: JSON without a log"),
        "deep": ("a.har", b'{"log": {"entries": [' + b"[" * 100000, "nested too deeply"),
        "no entry": ("a.har", b'{"log": {"entries": [1, {"request": {}}]}}', "byte 21: entry 0 is no exchange"),
        "half a flow": ("a.mitm", b"400:7:version;", "byte 0: a value of 400 bytes is cut off"),
        "absurd length": ("a.mitm", b"999999999999:", "byte 0"),
        "no flow": ("a.mitm", b"3:abc,", "byte 0: no flow"),
        "flow of nothing": ("a.mitm", b"0:}", "byte 0"),
        "no flows": ("a.flows", b"garbage", "byte 0"),
        "not pcap": ("a.pcap", b"garbage that is no packet capture", "byte 0"),
        "half a pcap": ("a.pcap", bytes.fromhex("d4c3b2a1") + b"\x02\0", "breaks off"),
        "nothing known": ("a.txt", b"hello", "byte 0: neither"),
        "wrong name": ("a.pcap", good, "holds HAR"),
    }


@pytest.mark.parametrize("case", damaged())
def test_a_damaged_capture_is_blocked_at_its_byte(tmp_path: Path, case: str) -> None:
    name, data, words = damaged()[case]

    found = audit_of(tmp_path / name, data)

    assert [why for why in found.blocked if words in why], found.blocked


def test_what_stands_before_the_damage_is_judged(tmp_path: Path) -> None:
    flows = write_flows(tmp_path / "a.mitm", leaky_flow(), leaky_flow()).read_bytes()

    assert where(audit_of(tmp_path / "b.mitm", flows[:-50])) == [(0, "body")]
    assert where(audit_of(tmp_path / "b.har", har(LEAKY, entry())[:-100])) == [(0, "body")]


def test_a_bomb_is_told_and_not_opened_to_its_end(tmp_path: Path) -> None:
    flow = tflow(resp=True)
    flow.request.headers = Headers([(b"content-encoding", b"gzip")])
    flow.request.raw_content = gzip.compress(gzip.compress(bytes(200_000_000)))

    found = audit_capture(write_flows(tmp_path / "a.mitm", flow), SECRETS)

    assert any("grows beyond" in why for why in found.blocked)


def test_no_file_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.har"):
        audit_capture(tmp_path / "nowhere.har", SECRETS)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=60).map(lambda junk: har(LEAKY)[:-20] + junk),
        st.binary(max_size=200).map(lambda junk: b"%d:%s}" % (len(junk), junk)),
        st.binary(max_size=200).map(
            lambda junk: bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000") + junk
        ),
    ),
    name=st.sampled_from(["a.har", "a.mitm", "a.pcap", "a.pcapng", "a"]),
)
@example(b"", "a.mitm")
def test_no_bytes_make_it_crash_or_pass(tmp_path: Path, data: bytes, name: str) -> None:
    assert audit_of(tmp_path / name, data).blocked
