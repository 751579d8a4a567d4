"""Watches a pytest session and writes down, at once, what was found to run and how each test ended."""

import os
import re
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from faults import BenchFault, EvidenceMissing
from gate.deaths import read_deaths
from gate.outcomes import (
    Judgement,
    Kind,
    Outcome,
    Status,
    after_deaths,
    append_outcome,
    judge_error,
    judge_skip,
    worst,
)
from gate.redaction import Redactor
from gate.rundir import RunDir, append_line
from gate.shared_traffic import SharedTraffic

LANE = "lane"
"""The fixture that stands for one phone with its tenant and its recorder."""


@dataclass(slots=True)
class Course:
    """One test on its way: what its phases said so far."""

    started: float
    ended: float
    judgements: list[Judgement] = field(default_factory=list)
    stories: list[str] = field(default_factory=list)


class Referee:
    """A pytest plugin; `kind_of` tells checks and benchmarks from other tests, `phone` is the first of the session."""

    def __init__(self, run: RunDir, kind_of: Callable[[pytest.Item], Kind | None], phone: str) -> None:
        self._run = run
        self._kind_of = kind_of
        self._phone = phone
        self._courses: dict[str, Course] = {}
        lab = Path(os.environ.get("POCKETGATE_LAB", run.lab))
        self._redactor = Redactor(lab, run.named)
        self._traffic = SharedTraffic(lab)
        self._judged: dict[Kind, set[str]] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._write_collected(session.items, selected=True)

    def pytest_deselected(self, items: Iterable[pytest.Item]) -> None:
        self._write_collected(items, selected=False)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module that does not load, or skips itself, takes its checks out of sight: nobody may overlook that."""
        if report.failed:
            self._trouble(f"{report.nodeid} could not be read: {_last_line(report.longreprtext)}")
        if report.skipped:
            self._trouble(f"{report.nodeid} skipped itself as a whole: {_skip_reason(report)}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        deaths = read_deaths(self._run.deaths)
        if deaths and self._kind_of(item) is not None:
            raise BenchFault(deaths[0].words)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        kind = self._kind_of(item)
        if kind is not None:
            self._note(item, call, report)
            if report.when == "teardown":
                self._finish(item, kind, report)
        return report

    def pytest_sessionfinish(self) -> None:
        """The traffic of the phones that were judged, for people to read; each session knows its own secrets."""
        for kind, phones in self._judged.items():
            try:
                for _ in self._traffic.write(f"{kind.value}s", phones, self._redactor.secrets):
                    pass
            except (EvidenceMissing, OSError) as trouble:
                self._trouble(f"the traffic could not be written down for people to read: {trouble}")

    def _note(self, item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
        course = self._courses.setdefault(item.nodeid, Course(call.start, call.stop))
        course.ended = call.stop
        if report.failed:
            self._redactor.learn()
            story = self._redactor.redacted(report.longreprtext)
            course.stories.append(f"{report.when}: {story}\n{self._redactor.redacted(_captured(report))}")
            report.longrepr = story
            report.sections = [(name, self._redactor.redacted(text)) for name, text in report.sections]
        judgement = _judgement(call, report)
        if judgement is not None:
            course.judgements.append(judgement)

    def _finish(self, item: pytest.Item, kind: Kind, report: pytest.TestReport) -> None:
        course = self._courses.pop(item.nodeid)
        self._judged.setdefault(kind, set()).add(self._phone_of(item))
        self._redactor.learn()
        found = after_deaths(worst(course.judgements), read_deaths(self._run.deaths))
        if kind is Kind.BENCHMARK and found.status is Status.BROKEN:
            found = Judgement(Status.BLOCKED, found.reason)  # a benchmark judges no claim: it was not measured
        outcome = Outcome(
            test=item.nodeid,
            kind=kind,
            claims=claims_of(item),
            phone=self._phone_of(item),
            status=found.status,
            reason=self._redactor.redacted(found.reason),
            evidence=(*_evidence(report), *self._keep(item, course)),
            started=datetime.fromtimestamp(course.started, UTC),
            seconds=course.ended - course.started,
        )
        append_outcome(self._run.outcomes, outcome)

    def _keep(self, item: pytest.Item, course: Course) -> tuple[str, ...]:
        if not course.stories:
            return ()
        self._run.evidence.mkdir(exist_ok=True)
        path = self._run.evidence / f"{re.sub(r'[^A-Za-z0-9]+', '-', item.nodeid).strip('-')}.txt"
        path.write_text("\n".join(course.stories), encoding="utf-8")
        return (str(path.relative_to(self._run.path)),)

    def _write_collected(self, items: Iterable[pytest.Item], *, selected: bool) -> None:
        for item in items:
            kind = self._kind_of(item)
            if kind is not None:
                append_line(self._run.collected, self._collected(item, kind) | {"selected": selected})

    def _collected(self, item: pytest.Item, kind: Kind) -> dict[str, Any]:
        return {"test": item.nodeid, "kind": kind.value, "claims": list(claims_of(item)), "phone": self._phone_of(item)}

    def _phone_of(self, item: pytest.Item) -> str:
        """The phone that it was collected for; what needs none is booked on the first."""
        course = getattr(item, "callspec", None)
        return str(course.params.get(LANE, self._phone)) if course else self._phone

    def _trouble(self, text: str) -> None:
        append_line(self._run.troubles, {"text": text})


def _judgement(call: pytest.CallInfo[None], report: pytest.TestReport) -> Judgement | None:
    if report.skipped:
        return judge_skip(_skip_reason(report), expected_to_fail=hasattr(report, "wasxfail"))
    if call.excinfo is not None:
        return judge_error(call.excinfo.value, report.when or "call", Path(call.excinfo.traceback[-1].path))
    if report.failed:  # for example a strict xfail that passed
        return Judgement(Status.BLOCKED, _last_line(report.longreprtext))
    return Judgement(Status.HELD) if report.when == "call" else None


def claims_of(item: pytest.Item) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(one) for mark in item.iter_markers("claim") for one in mark.args))


def _evidence(report: pytest.TestReport) -> tuple[str, ...]:
    return tuple(str(value) for name, value in report.user_properties if name == "evidence")


def _captured(report: pytest.TestReport) -> str:
    return "\n".join(f"--- {name}\n{text}" for name, text in report.sections)


def _skip_reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    if hasattr(report, "wasxfail"):
        return str(report.wasxfail)
    where = report.longrepr
    said = str(where[2]) if isinstance(where, tuple) else str(where)
    return said.removeprefix("Skipped: ").strip()


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "no words"
