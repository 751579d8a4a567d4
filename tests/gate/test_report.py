import base64
from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html

from gate.junit import write_junit
from gate.report import write_report
from gate.rundir import RunDir

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def claim(number: str, status: str, reason: str = "", evidence: tuple[str, ...] = ()) -> dict[str, Any]:
    test = {"test": f"suites/test_{number}.py::test_it", "status": status, "reason": reason}
    attempt = test | {"started": "2026-01-01T12:00:00+00:00", "seconds": 1.5}
    row = {"id": number, "phone": "virtual-android", "status": status, "reason": reason}
    return row | {"evidence": list(evidence), "attempts": [attempt]}


@pytest.fixture
def verdict() -> dict[str, Any]:
    bench = {"phone": "virtual-android", "reason": "", "unit": "s", "median": 0.51234, "low": 0.4, "high": 0.9}
    return {
        "schema": 1,
        "run": {"id": "20260101T120000Z", "started": "noon", "ended": "later", "command": ["pocketgate", "run"]},
        "headline": "BROKEN - 1 claim: C15",
        "builds": [
            {
                "platform": "android",
                "file": "a.apk",
                "sha256": "ab12",
                "package": "test.superoffice.pocket",
                "version": "1",
            }
        ],
        "phones": [
            {"name": "virtual-android", "platform": "android", "serial": "emulator-5554", "capabilities": ["root"]}
        ],
        "claims": [
            claim("C08", "held"),
            claim("C12", "blocked", "recorder died"),
            claim(
                "C15", "broken", "a token stands in <prefs>", ("evidence/screen.png", "evidence/story.txt", "a note")
            ),
            claim("C38", "not applicable", "the app is newer"),
        ],
        "benchmarks": [
            bench
            | {"name": "bench_cold_start[1]", "verdict": "measured", "rounds": 20, "conditions": {"clock": "phone"}},
            {"name": "bench_sync", "phone": "virtual-android", "verdict": "blocked", "reason": "no figures"}
            | {"unit": None, "median": None, "low": None, "high": None, "rounds": 0, "conditions": {}},
        ],
        "deaths": [
            {"process": "recorder", "pid": 7, "at": "2026-01-01T12:03:04+00:00", "signal": "SIGKILL"}
            | {"words": "recorder died (SIGKILL) at 12:03:04 UTC"}
        ],
        "troubles": ["pytest suites died (SIGSEGV)"],
        "unchecked": ["C01", "O18"],
        "exit": 1,
    }


@pytest.fixture
def page(verdict: dict[str, Any], run: RunDir) -> html.HtmlElement:
    run.evidence.mkdir()
    (run.evidence / "screen.png").write_bytes(PIXEL)
    (run.evidence / "story.txt").write_text("assert <token> not in storage")
    write_report(verdict, run)
    return html.fromstring(run.report.read_text(encoding="utf-8"))


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_the_answer_comes_first_and_in_words(page: html.HtmlElement) -> None:
    (banner,) = page.xpath("//body/header")

    assert words(banner).startswith("This build must not ship BROKEN - 1 claim: C15")
    assert "Exit code 1" in words(banner)


@pytest.mark.parametrize(
    ("code", "answer"), [(0, "This build may ship"), (1, "This build must not ship"), (3, "Nothing can be said yet")]
)
def test_each_exit_code_has_its_answer(verdict: dict[str, Any], run: RunDir, code: int, answer: str) -> None:
    write_report(verdict | {"exit": code}, run)

    (title,) = html.fromstring(run.report.read_text()).xpath("//h1")
    assert words(title) == answer


def test_what_decided_it_stands_before_the_details_broken_before_blocked(page: html.HtmlElement) -> None:
    titles = [words(title) for title in page.xpath("//section[@id='why']//h3")]

    assert titles == [
        "recorder died (SIGKILL) at 12:03:04 UTC",
        "The run itself",
        "C15 ✗ broken on virtual-android",
        "C12 ? blocked on virtual-android",
    ]


def test_a_broken_claim_shows_its_screen_its_story_and_its_notes(page: html.HtmlElement) -> None:
    (worry,) = page.xpath("//article[@id='C15-virtual-android']")

    assert worry.xpath(".//img/@src") == [f"data:image/png;base64,{base64.b64encode(PIXEL).decode()}"]
    assert all(worry.xpath(".//img/@alt"))
    assert words(worry.xpath(".//pre")[0]) == "assert <token> not in storage"
    assert "a token stands in <prefs>" in words(worry)
    assert "a note" in words(worry)


def test_every_claim_stands_in_the_table_with_status_and_reason(page: html.HtmlElement) -> None:
    rows = [[words(cell) for cell in row.xpath("./*")[:2]] for row in page.xpath("//table[@id='claims']/tbody/tr")]

    assert rows == [["C08", "✓ held"], ["C12", "? blocked"], ["C15", "✗ broken"], ["C38", "- not applicable"]]


def test_benchmarks_builds_phones_and_what_was_not_checked_are_listed(page: html.HtmlElement) -> None:
    assert "0.5123 s" in words(page.xpath("//table[@id='benchmarks']")[0])
    assert "no figures" in words(page.xpath("//table[@id='benchmarks']")[0])
    assert "ab12" in words(page.xpath("//table[@id='builds']")[0])
    assert "emulator-5554" in words(page.xpath("//table[@id='phones']")[0])
    assert [words(one)[:3] for one in page.xpath("//ul[@id='unchecked']/li")] == ["C01", "O18"]


def test_the_page_needs_nothing_from_anywhere(page: html.HtmlElement) -> None:
    targets = page.xpath("//@src | //@href")

    assert [one for one in targets if one.startswith(("http:", "https:", "//"))] == []
    assert page.xpath("//script | //link") == []
    assert "url(" not in page.xpath("//style")[0].text


def test_every_link_leads_somewhere(page: html.HtmlElement, run: RunDir) -> None:
    ids = set(page.xpath("//@id"))
    links = page.xpath("//a/@href")

    assert [one for one in links if one.startswith("#") and one[1:] not in ids] == []
    assert [one for one in links if not one.startswith("#") and not (run.report.parent / one).exists()] == []


def test_tables_and_language_are_named_for_those_who_cannot_see_them(page: html.HtmlElement) -> None:
    assert page.get("lang") == "en"
    assert all(table.xpath("./caption") for table in page.xpath("//table"))
    assert all(page.xpath("//th/@scope"))


def test_evidence_outside_of_the_run_is_never_put_into_the_page(verdict: dict[str, Any], run: RunDir) -> None:
    (run.path.parent / "secret.txt").write_text("not for you")
    verdict["claims"] = [claim("C15", "broken", "why", ("../secret.txt", "/etc/hostname"))]

    write_report(verdict, run)

    assert "not for you" not in run.report.read_text()
    assert not html.fromstring(run.report.read_text()).xpath("//a[contains(@href, 'secret')]")


def test_a_run_that_saw_nothing_has_a_report_too(verdict: dict[str, Any], run: RunDir) -> None:
    empty = {name: [] for name in ("builds", "phones", "claims", "benchmarks", "deaths")}

    write_report(verdict | empty | {"exit": 3}, run)

    assert "No claim was looked at." in run.report.read_text()


def test_junit_tells_broken_from_blocked(verdict: dict[str, Any], tmp_path: Path) -> None:
    write_junit(verdict, tmp_path / "junit.xml")

    cases = {
        one.get("name"): [child.tag for child in one] for one in etree.parse(tmp_path / "junit.xml").iter("testcase")
    }
    assert cases == {
        "C08": [],
        "C12": ["error"],
        "C15": ["failure"],
        "C38": ["skipped"],
        "bench_cold_start[1]": [],
        "bench_sync": ["error"],
        "pytest suites died (SIGSEGV)": ["error"],
        "recorder died (SIGKILL) at 12:03:04 UTC": ["error"],
    }
