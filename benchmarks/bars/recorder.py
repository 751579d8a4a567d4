"""`python -m benchmarks.bars.recorder`: what recording costs, in requests a second and in memory, beside bare mitmdump.

Both proxies run side by side and are asked in turns, so that whatever else the machine does meets both. Prints one JSON
object; exit 0: both bars met, 1: not.
"""

import argparse
import asyncio
import json
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import psutil
import trustme

HOST = "localhost"
BODY = b'{"value": "' + b"x" * 1400 + b'"}'
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(BODY) + BODY
REQUEST = (
    b"GET /Cust10001/api/v1/Contact?$top=500&$skip=%d HTTP/1.1\r\nhost: localhost\r\n"
    b"authorization: Bearer 8A:Cust10001.abcdefghijklmnopqrstuvwxyz\r\nuser-agent: bar\r\naccept: application/json\r\n"
    b"\r\n"
)
CLIENTS = 8
STARTED = 30.0  # seconds for a proxy to listen
LEAST_SPEED, MOST_GROWTH = 0.90, 1.10


@dataclass(frozen=True, slots=True)
class Proxy:
    name: str
    port: int
    authority: Path
    process: psutil.Process

    def busy(self) -> float:
        """Seconds of processor so far."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def peak(self) -> int:
        """Bytes of memory that it ever held (VmHWM; proc_pid_status(5)), where the system says so."""
        status = Path(f"/proc/{self.process.pid}/status")
        for line in status.read_text().splitlines() if status.exists() else ():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
        memory: int = self.process.memory_info().rss
        return memory


@dataclass(frozen=True, slots=True)
class Measured:
    """Requests a second, round by round; milliseconds of processor a request, which other load blurs less; bytes."""

    bare: list[float]
    recorder: list[float]
    ratio: float
    cpu_ms: dict[str, float]
    exchanges: tuple[int, int]
    peaks: tuple[int, int]
    growth: float
    ok: bool


@contextmanager
def upstream(folder: Path) -> Iterator[tuple[int, Path]]:
    """A TLS server in a thread of its own that answers every request alike; its port and its authority."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "upstream.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    loop, listening = asyncio.new_event_loop(), socket.create_server(("127.0.0.1", 0), backlog=100)
    server = loop.run_until_complete(asyncio.start_server(_answer, sock=listening, ssl=context))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield listening.getsockname()[1], folder / "upstream.pem"
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while await reader.readuntil(b"\r\n\r\n"):
            writer.write(ANSWER)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


@contextmanager
def recorder(folder: Path, port: int, ca: Path) -> Iterator[Proxy]:
    route = f"{HOST}:{port}=127.0.0.1:{port}"
    command = (sys.executable, "-m", "traffic.recorder", "--out", folder / "out", "--upstream-ca", ca, "--map", route)
    with _running(map(str, command), stdout=subprocess.PIPE) as process:
        ready = json.loads(process.stdout.readline()) if process.stdout else {}
        yield Proxy("recorder", ready["proxy_port"], Path(ready["ca"]), psutil.Process(process.pid))


@contextmanager
def bare(folder: Path, ca: Path) -> Iterator[Proxy]:
    """mitmdump as it comes, quiet and saving nothing."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings = (f"confdir={folder / 'bare'}", f"ssl_verify_upstream_trusted_ca={ca}", "connection_strategy=lazy")
    options = [word for setting in settings for word in ("--set", setting)]
    command = (str(Path(sys.executable).with_name("mitmdump")), "-q", "--listen-host", "127.0.0.1", "-p", str(port))
    with _running((*command, *options)) as process:
        _wait_until_it_listens(port)
        yield Proxy("bare", port, folder / "bare" / "mitmproxy-ca-cert.pem", psutil.Process(process.pid))


@contextmanager
def _running(command: Iterator[str] | Sequence[str], **options: int) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(tuple(command), **options) as process:  # type: ignore[call-overload] # pipes only
        try:
            yield process
        finally:
            process.terminate()


def _wait_until_it_listens(port: int) -> None:
    until = time.monotonic() + STARTED
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


async def asked(proxy: Proxy, port: int, seconds: float, at_most: int) -> tuple[int, float]:
    """How many requests were answered and in how many seconds, by CLIENTS connections that are kept open."""
    context = ssl.create_default_context(cafile=proxy.authority)
    until, done = time.monotonic() + seconds, 0
    streams = [await _tunnel(proxy.port, port, context) for _ in range(CLIENTS)]

    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal done
        while time.monotonic() < until and done < at_most:
            done += 1
            writer.write(REQUEST % done)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(f"{proxy.name} answered {head[:80]!r}")
            await reader.readexactly(len(BODY))

    began = time.monotonic()
    await asyncio.gather(*(ask(*stream) for stream in streams))
    took = time.monotonic() - began
    for _, writer in streams:
        writer.close()
    return done, took


async def _tunnel(proxy: int, port: int, context: ssl.SSLContext) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy)
    writer.write(f"CONNECT {HOST}:{port} HTTP/1.1\r\nhost: {HOST}:{port}\r\n\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    await writer.start_tls(context, server_hostname=HOST)
    return reader, writer


def measure(rounds: int, seconds: float, few: int, many: int) -> Measured:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port, ca = stack.enter_context(upstream(folder))
        proxies = stack.enter_context(bare(folder, ca)), stack.enter_context(recorder(folder, port, ca))
        speeds: dict[str, list[float]] = {proxy.name: [] for proxy in proxies}
        counts, busy = dict.fromkeys(speeds, 0), dict.fromkeys(speeds, 0.0)
        for turn in range(rounds + 1):
            for proxy in proxies if turn % 2 else reversed(proxies):
                before = proxy.busy()
                done, took = asyncio.run(asked(proxy, port, seconds, sys.maxsize))
                if turn:  # the first one warms up
                    speeds[proxy.name].append(round(done / took, 1))
                    counts[proxy.name] += done
                    busy[proxy.name] += proxy.busy() - before
    cpu_ms = {name: round(1000 * busy[name] / counts[name], 3) for name in speeds}
    ratio = median(speeds["recorder"]) / median(speeds["bare"])
    peaks = _peaks(few, many)
    growth = peaks[1] / peaks[0]
    ok = ratio >= LEAST_SPEED and growth <= MOST_GROWTH
    return Measured(
        speeds["bare"], speeds["recorder"], round(ratio, 3), cpu_ms, (few, many), peaks, round(growth, 3), ok
    )


def _peaks(few: int, many: int) -> tuple[int, int]:
    """A recorder of its own, so that nothing was done before."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port, ca = stack.enter_context(upstream(folder))
        proxy = stack.enter_context(recorder(folder, port, ca))
        asyncio.run(asked(proxy, port, float("inf"), few))
        first = proxy.peak()
        asyncio.run(asked(proxy, port, float("inf"), many - few))
        return first, proxy.peak()


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.bars.recorder", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10, metavar="N", help="turns of each proxy")
    parser.add_argument("--seconds", type=float, default=3.0, metavar="S", help="of each turn")
    parser.add_argument("--few", type=int, default=10_000, metavar="N", help="exchanges for the first look at memory")
    parser.add_argument("--many", type=int, default=100_000, metavar="N", help="exchanges for the second")
    options = parser.parse_args(words)
    measured = measure(options.rounds, options.seconds, options.few, options.many)
    sys.stdout.write(json.dumps(asdict(measured)) + "\n")
    return 0 if measured.ok else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
