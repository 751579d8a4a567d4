"""The verdict as JUnit XML, which every CI server reads."""

from pathlib import Path
from typing import Any

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

RESULTS = {"broken": Failure, "blocked": Error, "not applicable": Skipped}


def write_junit(verdict: dict[str, Any], path: Path) -> None:
    """One case for each claim and phone, one for each benchmark, and one for each trouble of the run itself.

    A blocked claim is an *error*, a broken one a *failure*, as JUnit tells them apart.
    """
    suites = JUnitXml(name="pocketgate")
    suites.add_testsuite(_suite("claims", [_claim(row) for row in verdict["claims"]]))
    suites.add_testsuite(_suite("benchmarks", [_benchmark(row) for row in verdict["benchmarks"]]))
    troubles = [*verdict["troubles"], *(death["words"] for death in verdict["deaths"])]
    suites.add_testsuite(_suite("run", [_case("run", text, "blocked", text) for text in troubles]))
    suites.update_statistics()  # type: ignore[no-untyped-call]  # junitparser leaves it untyped
    suites.write(str(path), pretty=True)


def _suite(name: str, cases: list[TestCase]) -> TestSuite:
    suite = TestSuite(name)
    suite.add_testcases(cases)
    return suite


def _claim(row: dict[str, Any]) -> TestCase:
    seconds = sum(attempt["seconds"] for attempt in row["attempts"])
    return _case(f"claims.{row['phone']}", row["id"], row["status"], row["reason"], seconds)


def _benchmark(row: dict[str, Any]) -> TestCase:
    return _case(f"benchmarks.{row['phone']}", row["name"], row["verdict"], row["reason"])


def _case(group: str, name: str, status: str, reason: str, seconds: float = 0.0) -> TestCase:
    case = TestCase(name, group, seconds)
    if status in RESULTS:
        case.result = [RESULTS[status](reason)]
    return case
