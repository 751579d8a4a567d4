"""What is written is what mitmproxy itself would have written."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy.flow import Flow

from tests.traffic.recorder.mitm import FlowReader, tflow, tnetstring
from traffic.recorder.flow_file import FlowFile, encoded

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_a_value_is_written_as_mitmproxy_writes_it(value: tnetstring.TSerializable) -> None:
    assert tnetstring.loads(encoded(value)) == tnetstring.loads(tnetstring.dumps(value))


def test_what_has_no_form_is_refused() -> None:
    with pytest.raises(TypeError, match="set has no tnetstring"):
        encoded({1, 2})  # type: ignore[arg-type] # that is the point


def written(tmp_path: Path, *flows: Flow) -> list[Flow]:
    file = FlowFile(tmp_path / "traffic.mitm")
    for flow in flows:
        file._write(flow)  # noqa: SLF001 -- what its hooks call
    file.done()
    return list(FlowReader(io.BytesIO((tmp_path / "traffic.mitm").read_bytes())).stream())


@pytest.mark.parametrize(
    "flow",
    [
        tflow.tflow(resp=True),
        tflow.tflow(err=True),
        tflow.twebsocketflow(),
        tflow.ttcpflow(),
        tflow.tudpflow(),
        tflow.tdnsflow(),
    ],
    ids=["http", "error", "websocket", "tcp", "udp", "dns"],
)
def test_mitmproxy_reads_the_same_flow(tmp_path: Path, flow: Flow) -> None:
    (read,) = written(tmp_path, flow)

    assert read.get_state() == flow.get_state()


def test_a_connection_that_changed_between_two_requests_is_described_anew(tmp_path: Path) -> None:
    first, second = tflow.tflow(resp=True), tflow.tflow(resp=True)
    second.client_conn = first.client_conn
    file = FlowFile(tmp_path / "traffic.mitm")
    file._write(first)  # noqa: SLF001 -- what its hooks call
    second.client_conn.timestamp_end = 99.0
    file._write(second)  # noqa: SLF001 -- as above
    file.done()

    one, two = FlowReader(io.BytesIO((tmp_path / "traffic.mitm").read_bytes())).stream()

    assert (one.client_conn.timestamp_end, two.client_conn.timestamp_end) == (946681206, 99.0)


def test_what_is_open_at_the_end_is_written_too(tmp_path: Path) -> None:
    file = FlowFile(tmp_path / "traffic.mitm")
    file.request(tflow.tflow())
    file.done()

    assert len(list(FlowReader(io.BytesIO((tmp_path / "traffic.mitm").read_bytes())).stream())) == 1
