"""One synchronisation as the phone's log and the recorder together tell it."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from benchmarks.blocks import Round
from drivers.phone import Phone
from faults import EvidenceMissing
from scenarios.sign_in import SYNC_LIMIT, refresh_all
from traffic.control import RecorderControl
from traffic.exchanges import Exchange, Recording

SECONDS, ROWS, REQUESTS, BYTES, REPEATED = "seconds", "rows", "requests", "bytes", "repeated GETs"
CACHEABLE = re.compile(r"/(List|MDOList|Preference|User/currentPrincipal|License)\b")  # what best practice says to keep
MOST_DRAWN = 40  # requests of a waterfall
HEADER_SEPARATORS = 4  # ": " and CRLF


@dataclass(frozen=True, slots=True)
class Mark:
    """What the app itself logged at the end."""

    rows: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Wire:
    """What the recorder saw between two marks."""

    recorder: RecorderControl
    recording: Recording

    def mark(self) -> int:
        return self.recorder.mark("sync")

    def between(self, began: int, ended: int) -> list[Exchange]:
        return [one for one in self.recording.exchanges(began) if one.n < ended]


def catch_up(phone: Phone, finished: re.Pattern[str]) -> None:
    """Start the app and let it finish what it synchronises then."""
    mark = phone.mark_log()
    phone.launch_cold()
    phone.await_log(finished, mark, SYNC_LIMIT)


def fetch_all(phone: Phone, finished: re.Pattern[str]) -> None:
    """Start the app, and make it fetch everything anew."""
    catch_up(phone, finished)
    mark = phone.mark_log()
    refresh_all(phone)
    phone.await_log(finished, mark, SYNC_LIMIT)


def mark_of(found: re.Match[str]) -> Mark:
    return Mark(int(found["rows"]), float(found["seconds"]))


def round_of(mark: Mark, exchanges: Iterable[Exchange], asked_before: set[str]) -> Round:
    """The figures of one sync; `asked_before` grows by what it asked for.

    Raises EvidenceMissing where the app's rows are not those that came over the wire.
    """
    seen = [one for one in exchanges if one.status is not None]
    came = sum(map(rows_in, seen))
    if came != mark.rows:
        msg = f"the app logged {mark.rows} synchronised rows, the recorder saw {came}: the figures cannot be trusted"
        raise EvidenceMissing(msg)
    return {
        SECONDS: mark.seconds,
        ROWS: mark.rows,
        REQUESTS: len(seen),
        BYTES: sum(map(size_of, seen)),
        REPEATED: sum(_is_repeated(one, asked_before) for one in seen),
    }


def waterfall(exchanges: Iterable[Exchange]) -> list[dict[str, str | float | int]]:
    """What the report draws of a sync: each request from its begin to its end, in seconds after the first one."""
    seen = sorted((one for one in exchanges if one.status is not None), key=lambda one: one.started)
    return [
        {
            "label": f"{one.method} {urlsplit(one.url).path.rpartition('/api/')[2]}",
            "begun": round(one.started - seen[0].started, 4),
            "seconds": round(max(one.at - one.started, 0.0), 4),
            "kind": _kind_of(one),
            "size": size_of(one),
        }
        for one in seen[:MOST_DRAWN]
    ]


def _kind_of(exchange: Exchange) -> str:
    if rows_in(exchange):
        return "records"
    return "numbers of records" if asks_for_numbers(exchange) else "settings and rights"


def asks_for_numbers(exchange: Exchange) -> bool:
    """A page of one column only tells which records there are, and brings none of them."""
    asked = parse_qs(urlsplit(exchange.url).query).get("$select", [])
    return bool(asked) and "," not in asked[0]


def rows_in(exchange: Exchange) -> int:
    """Records of an archive's page; any other answer has none."""
    if asks_for_numbers(exchange):
        return 0
    try:
        content = json.loads(exchange.response_body or b"null")
    except ValueError:
        return 0
    rows = content.get("value") if isinstance(content, dict) else None
    return len(rows) if isinstance(rows, list) else 0


def size_of(exchange: Exchange) -> int:
    """Bytes of HTTP in both directions, bodies as they were coded on the wire, without TLS and TCP."""
    lines = len(f"{exchange.method} {exchange.path} HTTP/1.1\r\n\r\n") + len("HTTP/1.1 200 OK\r\n\r\n")
    headers = (*exchange.request_headers, *exchange.response_headers)
    told = exchange.response_header("content-length")
    answer = int(told) if told and told.isdigit() else len(exchange.response_body)
    named = sum(len(name) + len(value) + HEADER_SEPARATORS for name, value in headers)
    return lines + named + len(exchange.request_body) + answer


def _is_repeated(exchange: Exchange, asked_before: set[str]) -> bool:
    """A GET of a list, preference, right or licence that this session had asked for already."""
    if exchange.method != "GET" or not CACHEABLE.search(urlsplit(exchange.url).path):
        return False
    repeated = exchange.url in asked_before
    asked_before.add(exchange.url)
    return repeated
