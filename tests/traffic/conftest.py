"""A real recorder in front of a real TLS server, as a run has them."""

import base64
import gzip
import hashlib
import json
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
import trustme

from traffic.control import RecorderControl
from traffic.exchanges import Recording

HOST = "online.superoffice.test"
BOMB = gzip.compress(bytes(300 * 1024 * 1024), 9)


class Echo(BaseHTTPRequestHandler):
    """Answers with what it got (`/json` with just that); `/never` not at all.

    `/large/N` with N bytes, `/chunked/N` likewise in chunks, `/bomb` with zeros in gzip, `/gzip` and `/odd` encoded.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        if self.path.startswith("/large/"):
            self._answer(b"x" * int(self.path.rpartition("/")[2]))
        elif self.path.startswith("/chunked/"):
            self._answer_in_chunks(int(self.path.rpartition("/")[2]))
        elif self.path == "/bomb":
            self._answer(BOMB, ("content-encoding", "gzip"))
        elif self.path == "/odd":
            self._answer(b"\x00\x01not really", ("content-encoding", "x-unheard-of"))
        elif self.path == "/gzip":
            self._answer(gzip.compress(f"{self.headers['host']} {self.path}".encode()), ("content-encoding", "gzip"))
        elif self.path == "/never":
            threading.Event().wait()
        elif self.path == "/socket":
            self._become_a_websocket()
        else:
            self._answer(f"{self.headers['host']} {self.path}".encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self._answer(body if self.path == "/json" else b"got " + body, ("x-seen", str(len(body))))

    def _answer(self, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(200)
        for name, value in (*headers, ("x-peer", str(self.client_address[1])), ("content-length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _answer_in_chunks(self, size: int) -> None:
        self.send_response(200)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for start in range(0, size, 1 << 16):
            piece = b"y" * min(1 << 16, size - start)
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def _become_a_websocket(self) -> None:
        proof = hashlib.sha1(f"{self.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode())  # noqa: S324 -- RFC 6455 section 4.2.2
        self.send_response(101)
        for name, value in (("upgrade", "websocket"), ("connection", "upgrade")):
            self.send_header(name, value)
        self.send_header("sec-websocket-accept", base64.b64encode(proof.digest()).decode())
        self.end_headers()
        self.wfile.write(b"\x81\x05hello")  # RFC 6455 section 5.7: a text of five letters, not masked
        self.rfile.read(1)
        self.close_connection = True

    def log_message(self, *_: object) -> None: ...


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None: ...


@dataclass(frozen=True)
class Upstream:
    port: int
    ca: Path


@contextmanager
def tls_server(*hosts: str, folder: Path) -> Iterator[Upstream]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "upstream-ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*hosts).configure_cert(context)
    server = QuietServer(("127.0.0.1", 0), Echo)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield Upstream(server.server_port, folder / "upstream-ca.pem")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class OnlyHttp2(ssl.SSLContext):
    """httpcore offers HTTP/1.1 first, and the proxy takes what is offered first."""

    def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:
        super().set_alpn_protocols([name for name in alpn_protocols if name == "h2"])


@dataclass(frozen=True)
class Recorder:
    process: subprocess.Popen[str]
    ready: dict[str, str]
    recording: Recording
    control: RecorderControl

    @property
    def proxy(self) -> str:
        return f"http://127.0.0.1:{self.ready['proxy_port']}"

    def client(self, *, trusting: bool = True, verify: bool = True, http2: bool = False) -> httpx.Client:
        """A client behind the proxy: trusting its authority or only the public ones, or verifying nothing at all."""
        context = (OnlyHttp2 if http2 else ssl.SSLContext)(ssl.PROTOCOL_TLS_CLIENT)
        if trusting:
            context.load_verify_locations(self.ready["ca"])
        if not verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return httpx.Client(proxy=self.proxy, verify=context, http2=http2, trust_env=False, timeout=10)


@contextmanager
def recorder(
    out: Path, upstream: Upstream, *, pattern: str = "*.superoffice.test", extra: tuple[str, ...] = ()
) -> Iterator[Recorder]:
    command = [sys.executable, "-m", "traffic.recorder", "--out", str(out), "--upstream-ca", str(upstream.ca)]
    command += ["--map", f"{pattern}=127.0.0.1:{upstream.port}", *extra]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            ready = json.loads(process.stdout.readline())
            with RecorderControl(ready) as control:
                yield Recorder(process, ready, Recording(ready["events"]), control)
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upstream]:
    with tls_server(HOST, "id.superoffice.test", folder=tmp_path_factory.mktemp("upstream")) as server:
        yield server


@pytest.fixture(scope="session")
def shared_recorder(upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorder]:
    with recorder(tmp_path_factory.mktemp("recorder") / "out", upstream) as running:
        yield running


@pytest.fixture
def recording_since(shared_recorder: Recorder) -> int:
    """Where this test's events start in the recording that all tests share."""
    return shared_recorder.recording.position()


@pytest.fixture
def start_recorder(upstream: Upstream, tmp_path: Path) -> Iterator[Callable[[], Recorder]]:
    """For tests that end the recorder themselves."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(recorder(tmp_path / "out", upstream))
