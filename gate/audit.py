"""`pocketgate audit`: the promises of the traffic over a capture that somebody else recorded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from rich.console import Console
from rich.text import Text

from faults import UsageError
from gate.sarif import Row, write_sarif
from gate.verdict import BLOCKED, BROKEN, HELD
from traffic.audit import Audit, audit_capture
from traffic.findings import Finding
from traffic.policy import read_policy
from traffic.secrets import Secret, Side
from traffic.secrets_file import read_secrets

_SHOWN = 20  # lines of each kind that are shown on a terminal: all together are one screen


@dataclass(frozen=True, slots=True)
class Report:
    """An audit with its exit code."""

    capture: Path
    audit: Audit

    @property
    def exit(self) -> int:
        """1 as soon as one promise is broken by the app or a secret is astray, else 3 for what was not seen."""
        if any(map(is_failure, self.audit.findings)):
            return BROKEN
        return BLOCKED if self.audit.blocked else HELD

    def as_json(self) -> dict[str, object]:
        return {
            "exit": self.exit,
            "exchanges": self.audit.exchanges,
            "blocked": list(self.audit.blocked),
            "findings": [_as_json(one, self.audit.given) for one in self.audit.findings],
        }


def audited(capture: Path, secrets: Path | None, policy: Path | None) -> Report:
    """Raises UsageError for a secrets file, policy or capture that is none."""
    given: Iterable[Secret] = read_secrets(secrets) if secrets else ()
    rules = read_policy(policy) if policy else None
    return Report(capture, audit_capture(capture, given, rules))


def is_failure(finding: Finding) -> bool:
    """What the server does otherwise than the standards is told, and is no failure of the app; a stray secret is."""
    return finding.side is Side.APP or finding.encoding is not None


def write_audit_sarif(report: Report, path: Path) -> None:
    rows = [_row(one, report) for one in report.audit.findings]
    try:
        write_sarif(path, rows, report.audit.blocked)
    except OSError as trouble:
        raise UsageError(f"--sarif {path}: {trouble.strerror}; give a file that can be written") from None


def show_audit(report: Report, console: Console) -> None:
    """Findings, then what could not be judged, then the answer in one line; the app's failures before the servers'."""
    findings = sorted(report.audit.findings, key=is_failure, reverse=True)
    for one in findings[:_SHOWN]:
        colour = "bold red" if is_failure(one) else "dim"
        console.print(Text(f"{one.claim:4} exchange {one.exchange}: {_printable(one.words)}", colour), soft_wrap=True)
    if len(findings) > _SHOWN:
        console.print(f"and {len(findings) - _SHOWN} more findings: --json tells them all")
    for why in report.audit.blocked[:_SHOWN]:
        console.print(Text(f"blocked: {_printable(why)}", "yellow"), soft_wrap=True)
    if (more := len(report.audit.blocked) - _SHOWN) > 0:
        console.print(f"and {more} more that could not be judged: --json tells them all")
    for why in report.audit.unasked:
        console.print(Text(f"not in this capture: {_printable(why)}", "dim"), soft_wrap=True)
    console.print(Text(f"{_answer(report, findings)} (exit {report.exit})", "bold"), soft_wrap=True)


def _answer(report: Report, findings: Sequence[Finding]) -> str:
    seen = f"{report.audit.exchanges} exchanges in {report.capture.name}"
    broken, servers = sum(map(is_failure, findings)), sum(not is_failure(one) for one in findings)
    also = f"; {servers} deviations of servers" if servers else ""
    if broken:
        return f"BROKEN - {broken} findings in {seen}{also}"
    if report.audit.blocked:
        return f"BLOCKED - nothing found in {seen}, but not all could be judged{also}"
    return f"HELD - nothing found in {seen}{also}"


def _as_json(one: Finding, given: int) -> dict[str, object]:
    """`secret` is the number in the secrets file, so one that was learnt from the capture has none."""
    return {
        "promise": one.promise,
        "claim": one.claim,
        "kind": one.kind,
        "secret": one.secret if one.secret is not None and one.secret < given else None,
        "host": one.host,
        "where": one.where,
        "encoding": one.encoding,
        "exchange": one.exchange,
        "side": str(one.side),
    }


def _row(one: Finding, report: Report) -> Row:
    within = f"exchange {one.exchange}, {one.where} of the {one.side}, {one.host}"
    facts = _as_json(one, report.audit.given)
    return Row(one.claim, one.text, quote(report.capture.name), within, is_failure(one), facts)


def _printable(text: str) -> str:
    """A capture may hold anything; on a terminal only what can be printed is."""
    return "".join(one if one.isprintable() else " " for one in text)
