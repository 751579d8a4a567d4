"""How tests, times and figures of a verdict are put for people."""

import math
from collections.abc import Iterable
from datetime import datetime
from typing import Any

NAMES = {
    "api": "API",
    "crm": "CRM",
    "http": "HTTP",
    "oauth": "OAuth",
    "pkce": "PKCE",
    "qr": "QR",
    "rfc": "RFC",
    "sqlite": "SQLite",
    "superid": "SuperID",
    "tls": "TLS",
    "url": "URL",
    "vpn": "VPN",
}
LONG, LEAST = 160, 40  # characters; a reason longer than that is cut, but never to less than this
SCALES = ((10.0, 1.0, "s"), (1e-4, 1e3, "ms"), (0.0, 1e6, "µs"))  # from so many seconds on: factor and unit


def sentence(test: str) -> str:
    """`suites/test_codes.py::test_a_qr_code_is_refused[evil]` is "A QR code is refused"."""
    name = test.partition("[")[0].rpartition("::")[2]
    words = " ".join(NAMES.get(word, word) for word in name.split("_")[1:]) or name
    return words[0].upper() + words[1:]


def case(test: str) -> str:
    """What stands in the brackets of a test with several cases, else nothing."""
    return test.partition("[")[2].removesuffix("]")


def titled(benchmark: str) -> str:
    """`bench_query[diary]` is "Query: diary"."""
    return ": ".join(filter(None, (sentence(benchmark), case(benchmark))))


def lead(reason: str) -> tuple[str, str]:
    """What happened, and the rest of a long reason, such as all that the screen showed then.

    Cut after the first clause, else after the last item of a list, else after the last word that is short enough.
    """
    if len(reason) <= LONG:
        return reason, ""
    ends = (reason.find("; "), reason.rfind(", ", 0, LONG), reason.rfind(" ", 0, LONG), LONG)
    end = next(end for end in ends if LEAST <= end <= LONG)
    return f"{reason[:end]} …", reason[end:].lstrip(";, ")


def shortened(ids: Iterable[str]) -> str:
    """`MASTG-TEST-0236`, `MASTG-TEST-0282` is "MASTG-TEST-0236, 0282"."""
    groups: dict[str, list[str]] = {}
    for one in ids:
        head, _, tail = one.rpartition("-")
        groups.setdefault(head, []).append(tail)
    return " · ".join(f"{head}-{', '.join(tails)}" for head, tails in groups.items())


def moment(text: str | None) -> str:
    """An ISO time as a date with the name of its month; raises ValueError where it is none."""
    return f"{datetime.fromisoformat(text):%d %B %Y, %H:%M:%S %Z}".lstrip("0").strip() if text else "time unknown"


def lasted(started: str | None, ended: str | None) -> str:
    """Minutes and seconds between two ISO times."""
    if not started or not ended:
        return ""
    seconds = round((datetime.fromisoformat(ended) - datetime.fromisoformat(started)).total_seconds())
    return f"{seconds // 60} min {seconds % 60} s" if seconds >= 60 else f"{seconds} s"  # noqa: PLR2004 -- a minute


def figures(median: float, low: float, high: float, unit: str) -> tuple[str, str]:
    """Median and range with three digits that count; seconds in the scale that suits the median."""
    factor, name = 1.0, unit
    if unit == "s":
        factor, name = next((factor, name) for least, factor, name in SCALES if median >= least)
    middle, least, most = (_digits(value * factor) for value in (median, low, high))
    return f"{middle} {name}", f"{least} to {most} {name}"


def shift(against: dict[str, Any] | None) -> str:
    """How far a median moved from the base's, with the interval that it lies in; more is slower."""
    if not against or against["shift_percent"] is None:
        return "-"
    moved = f"{against['shift_percent']:+.1f} %"
    low, high = against["shift_low"], against["shift_high"]
    return moved if low is None or high is None or low == high else f"{moved} ({low:+.1f} to {high:+.1f})"


def _digits(value: float) -> str:
    decimals = 2 - math.floor(math.log10(abs(value))) if value else 0
    return f"{value:.{max(0, decimals)}f}"
