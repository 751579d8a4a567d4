"""`python -m benchmarks.bars.audit [--exchanges 100000]`: the audit of a flow file beside mitmproxy's own reader.

Both as programs of their own, alternating, best of `--rounds`. Memory is what the program and its children hold
together at their highest. Exit 0: every bar is met; 1: not.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

MOST_TIME, MOST_MEMORY, MOST_FOR_SECRETS = 2.0, 400, 1.3  # x the reader, MB, x one secret
MOST_UNEVEN = 1.3  # time of one exchange in the largest file against that in the middle one
SECRETS = 1000
TOKEN = "8A:Cust10001." + "kT9wLq3ZpX7vR2mB" * 3
_LOOK = 0.02  # seconds between two looks at the memory

# programs of the peer: mitmproxy writes the file and reads it, each in an interpreter that does nothing else
WRITER = """
import hashlib, json, random, sys, uuid
from mitmproxy.http import Headers, Response
from mitmproxy.io import FlowWriter
from mitmproxy.test.tflow import tflow
count, path, token = int(sys.argv[1]), sys.argv[2], sys.argv[3]
chance = random.Random(7)
def an_id(): return str(uuid.UUID(int=chance.getrandbits(128)))
with open(path, "wb") as file:
    writer = FlowWriter(file)
    for number in range(count):
        flow = tflow(resp=True)
        flow.request.host, flow.request.port, flow.request.scheme = "online2.superoffice.test", 443, "https"
        flow.request.path = f"/Cust10001/api/v1/Contact/{number}?$select=name,etag&request={an_id()}"
        flow.request.headers = Headers([(name.encode(), value.encode()) for name, value in (
            ("Host", flow.request.host), ("User-Agent", "pocket/1.0"), ("Accept", "application/json"),
            ("Authorization", f"Bearer {token}"), ("X-Request-Id", an_id()), ("Accept-Encoding", "gzip, br"))])
        flow.request.content = b""
        rows = [{"PrimaryKey": str(row), "id": an_id(), "name": "Acme AS", "note": "visited the customer\\nand more",
                 "etag": hashlib.sha256(an_id().encode()).hexdigest()} for row in range(6)]
        flow.response = Response.make(200, json.dumps(rows), {"Content-Type": "application/json", "ETag": an_id()})
        writer.add(flow)
"""
READER = """
import sys
from mitmproxy.io import FlowReader
with open(sys.argv[1], "rb") as file:
    print(sum(1 for _ in FlowReader(file).stream()))
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds and MB of one program with its children."""

    seconds: float
    memory: float


def cost_of(command: Sequence[str]) -> tuple[Cost, str]:
    """What it took, and what it printed."""
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        highest, ended = [0.0], threading.Event()
        watcher = threading.Thread(target=_watch, args=(process.pid, highest, ended))
        watcher.start()
        said = process.stdout.read() if process.stdout else ""
        process.wait()
        seconds = time.perf_counter() - began
        ended.set()
        watcher.join()
    return Cost(seconds, highest[0]), said


def _watch(pid: int, highest: list[float], ended: threading.Event) -> None:
    with suppress(psutil.NoSuchProcess):
        top = psutil.Process(pid)
        while not ended.wait(_LOOK):
            held = 0
            for one in (top, *top.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    held += one.memory_info().rss
            highest[0] = max(highest[0], held / 1e6)


def written(folder: Path, count: int) -> Path:
    path = folder / f"{count}.mitm"
    subprocess.run([sys.executable, "-c", WRITER, str(count), str(path), TOKEN], check=True)
    return path


def known(folder: Path, count: int) -> Path:
    """So many secrets; the first is in every exchange, where it may be."""
    allowed = [{"host": "*.superoffice.test", "where": "header:authorization"}]
    secrets = [{"kind": "access_token", "value": TOKEN, "allowed": allowed}]
    secrets += [{"kind": "access_token", "value": f"8A:Cust{n}.{TOKEN[::-1]}{n:05}"} for n in range(1, count)]
    path = folder / f"{count}.json"
    path.write_text(json.dumps({"secrets": secrets}))
    return path


def read(capture: Path) -> Cost:
    cost, said = cost_of([sys.executable, "-c", READER, str(capture)])
    assert said.strip() == capture.stem, f"the reader read {said!r}"
    return cost


def audited(capture: Path, secrets: Path) -> Cost:
    """Raises AssertionError unless every exchange was judged and nothing was found."""
    program = Path(sys.executable).with_name("pocketgate")
    cost, said = cost_of([str(program), "audit", str(capture), "--secrets", str(secrets), "--json"])
    answer = json.loads(said)
    assert (str(answer["exchanges"]), answer["findings"]) == (capture.stem, []), said[:500]
    return cost


def measured(count: int, rounds: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        one, many = known(folder, 1), known(folder, SECRETS)
        small, middle, large = (written(folder, size) for size in (count // 100, count // 10, count))

        costs = [(read(large), audited(large, one), audited(large, many)) for _ in range(rounds)]
        reader, with_one, with_many = (min(each.seconds for each in column) for column in zip(*costs, strict=True))
        start, middle_one = audited(small, one).seconds, audited(middle, one).seconds
    return {
        "exchanges": count,
        "reader_s": reader,
        "audit_s": with_one,
        "audit_1000_secrets_s": with_many,
        "audit_tenth_s": middle_one,
        "audit_hundredth_s": start,
        "times_reader": with_one / reader,
        "times_one_secret": with_many / with_one,
        "unevenness": (with_one - start)
        / (count - count // 100)
        / ((middle_one - start) / (count // 10 - count // 100)),
        "memory_mb": max(cost.memory for row in costs for cost in row[1:]),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exchanges", type=int, default=100000)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    found = measured(options.exchanges, options.rounds)
    print(json.dumps({name: round(value, 3) for name, value in found.items()}, indent=1))  # noqa: T201 -- a program
    met = (
        found["times_reader"] <= MOST_TIME
        and found["memory_mb"] <= MOST_MEMORY
        and found["times_one_secret"] <= MOST_FOR_SECRETS
        and found["unevenness"] <= MOST_UNEVEN
    )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
