import base64
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html
from rich.console import Console

from gate.junit import write_junit
from gate.outcomes import Status
from gate.report import write_report
from gate.report.wording import figures
from gate.rundir import RunDir
from gate.summary import show_summary
from gate.verdict import BenchmarkVerdict, ClaimVerdict, Measure, Verdict

STATES = ("blocked", "broken", "not applicable")
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def claim(
    number: str, status: str, reason: str = "", evidence: tuple[str, ...] = (), test: str = "it"
) -> dict[str, Any]:
    outcome = {"test": f"suites/test_{number}.py::test_{test}", "status": status, "reason": reason}
    attempt = outcome | {"started": "2026-01-01T12:00:00+00:00", "seconds": 1.5}
    row = {"id": number, "phone": "virtual-android", "status": status, "reason": reason}
    return row | {"evidence": list(evidence), "attempts": [attempt]}


@pytest.fixture
def verdict() -> dict[str, Any]:
    bench = {"phone": "virtual-android", "reason": "", "unit": "s", "median": 0.51234, "low": 0.4, "high": 0.9}
    return {
        "schema": 1,
        "run": {
            "id": "20260101T120000Z",
            "started": "2026-01-01T12:00:00+00:00",
            "ended": "2026-01-01T12:04:10+00:00",
            "command": ["pocketgate", "run"],
        },
        "headline": "BROKEN - 1 claim: C15",
        "builds": [
            {
                "platform": "android",
                "file": "/builds/a.apk",
                "sha256": "ab12" * 16,
                "package": "test.superoffice.pocket",
                "version": "1",
            }
        ],
        "phones": [
            {"name": "virtual-android", "platform": "android", "serial": "emulator-5554", "capabilities": ["root"]}
        ],
        "claims": [
            claim("C08", "held", test="cached_data_is_shown_again"),
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


def section(page: html.HtmlElement, name: str) -> html.HtmlElement:
    (found,) = page.xpath(f"//section[@id='{name}']")
    return found


def test_the_answer_comes_first_and_in_words(page: html.HtmlElement) -> None:
    (banner,) = page.xpath("//body/header")

    assert words(banner).startswith("✗ BROKEN This build must not ship 1 claim broken, 1 not decided, 1 held")
    assert "Exit code 1: the app broke a promise" in words(banner)


def test_the_banner_says_by_what_an_iphone_is_changed_that_no_driver_may_change(
    verdict: dict[str, Any], run: RunDir
) -> None:
    channel = "the virtual iPhone's control channel"
    iphone = {"name": "virtual-ios", "platform": "ios", "serial": "00008110-1", "capabilities": [], "channel": channel}
    run.evidence.mkdir()

    write_report(verdict | {"phones": [*verdict["phones"], iphone]}, run)

    facts = words(html.fromstring(run.report.read_text(encoding="utf-8")).xpath("//dl")[0])
    assert facts.count("what no driver may do on it (certificate, proxy, clock, camera") == 1
    assert f"clearing) is done by {channel}" in facts


def test_the_banner_names_build_phone_time_and_length(page: html.HtmlElement) -> None:
    facts = words(page.xpath("//dl")[0])

    assert "Build a.apk, test.superoffice.pocket 1, sha256 ab12ab12ab12 Phone" in facts
    assert "virtual-android (android, emulator-5554): a virtual phone, no real one" in facts
    assert "1 January 2026, 12:00:00 UTC, took 4 min 10 s" in facts


@pytest.mark.parametrize(("code", "answer"), [(0, "✓ HELD"), (1, "✗ BROKEN"), (3, "? BLOCKED")])
def test_each_exit_code_has_its_answer(verdict: dict[str, Any], run: RunDir, code: int, answer: str) -> None:
    write_report(verdict | {"exit": code}, run)

    (title,) = html.fromstring(run.report.read_text()).xpath("//h1")
    assert words(title).startswith(answer)


def test_a_clean_run_counts_what_it_says_nothing_about_in_its_banner(verdict: dict[str, Any], run: RunDir) -> None:
    write_report(verdict | {"claims": [claim("C08", "held")], "deaths": [], "troubles": [], "exit": 0}, run)

    (banner,) = html.fromstring(run.report.read_text()).xpath("//body/header")
    assert "1 claim held. 2 of 84 have no check yet, 81 were not part of this run" in words(banner)
    assert [one.get("class") for one in banner.xpath(".//div[@class='bar']/i")] == ["held", "silent"]
    assert banner.xpath(".//div[@class='bar']/i/@style") == ["width:1.19%"]


def test_a_run_of_benchmarks_alone_is_not_green(verdict: dict[str, Any], run: RunDir) -> None:
    write_report(verdict | {"claims": [], "deaths": [], "troubles": [], "exit": 0}, run)

    (banner,) = html.fromstring(run.report.read_text()).xpath("//body/header")
    assert banner.get("class") == "answer measured"
    assert "No claim was checked in this run. So nothing is said about any of the 84." in words(banner)


def test_a_claim_that_breaks_on_one_of_two_phones_is_counted_once_and_as_broken(
    verdict: dict[str, Any], run: RunDir
) -> None:
    rows = [claim("C15", "held"), claim("C15", "broken", "why") | {"phone": "other"}]

    write_report(verdict | {"claims": rows}, run)

    page = html.fromstring(run.report.read_text())
    assert "1 claim broken. 2 of 84" in words(page.xpath("//body/header")[0])
    assert "on other" in words(section(page, "broken"))
    assert "virtual-android" in words(section(page, "held"))


def test_what_held_alike_on_two_phones_is_one_row_and_what_was_checked_otherwise_is_not(
    verdict: dict[str, Any], run: RunDir
) -> None:
    otherwise = claim("C15", "held", test="something_else") | {"phone": "other"}
    rows = [claim("C08", "held"), claim("C08", "held") | {"phone": "other"}, claim("C15", "held"), otherwise]

    write_report(verdict | {"claims": rows}, run)

    told = section(html.fromstring(run.report.read_text()), "held").xpath(".//tbody/tr")
    assert [words(row.xpath("./th")[0]).split()[0] for row in told] == ["C08", "C15", "C15"]
    assert [words(row.xpath("./td[last()]")[0]) for row in told] == [
        "virtual-android, other",
        "virtual-android",
        "other",
    ]


def test_the_worst_stands_first_and_what_was_not_checked_last(page: html.HtmlElement) -> None:
    titles = [words(title).partition(":")[0] for title in page.xpath("//h2")]

    assert titles == [
        "Broken",
        "What went wrong around the checks",
        "Blocked",
        "Held",
        "Does not apply",
        "Benchmarks",
        "What was not checked",
    ]


def test_a_broken_claim_shows_its_promise_reason_screen_story_and_notes(page: html.HtmlElement) -> None:
    (card,) = page.xpath("//section[@id='broken']/article[@id='C15-virtual-android']")

    assert words(card.xpath("./h3")[0]).startswith("C15 What authenticates the user")
    assert card.xpath(".//img/@src") == [f"data:image/png;base64,{base64.b64encode(PIXEL).decode()}"]
    assert all(card.xpath(".//img/@alt"))
    assert words(card.xpath(".//pre")[0]) == "assert <token> not in storage"
    assert "a token stands in <prefs>" in words(card)
    assert "a note" in words(card)


def test_cases_of_one_check_stand_together_and_the_same_screen_once(verdict: dict[str, Any], run: RunDir) -> None:
    run.evidence.mkdir()
    pictures = [f"evidence/suites-test-codes-py-test-a-qr-code-is-refused-{name}.png" for name in ("evil", "worse")]
    for name in pictures:
        (run.path / name).write_bytes(PIXEL)
    row = claim("C57", "broken", "evil was taken", tuple(pictures))
    row["attempts"] = [
        row["attempts"][0] | {"test": f"suites/test_codes.py::test_a_qr_code_is_refused[{name}]", "reason": reason}
        for name, reason in (("evil", "evil was taken"), ("worse", "it was taken"))
    ]

    write_report(verdict | {"claims": [row]}, run)

    (check,) = html.fromstring(run.report.read_text()).xpath("//div[@class='check']")
    assert words(check.xpath(".//p")[0]) == "✗ broken A QR code is refused"
    assert [words(one) for one in check.xpath(".//ol/li")] == ["evil was taken", "worse: it was taken"]
    assert [words(one) for one in check.xpath(".//figcaption")] == ["Screen at that moment, cases 1, 2"]


def test_claims_blocked_for_one_reason_stand_together(verdict: dict[str, Any], run: RunDir) -> None:
    rows = [claim(number, "blocked", "recorder died") for number in ("C12", "C15")]

    write_report(verdict | {"claims": rows, "exit": 3}, run)

    (card,) = html.fromstring(run.report.read_text()).xpath("//section[@id='blocked']/article[details]")
    assert words(card).startswith("? blocked 2 claims for one reason recorder died")
    assert card.xpath("./details/@id") == ["C12-virtual-android", "C15-virtual-android"]


def test_a_long_reason_is_cut_but_not_lost(verdict: dict[str, Any], run: RunDir) -> None:
    screen = " | ".join(["Diary", *(f"Meeting {number}" for number in range(30))])
    reason = f"phone: control 'notice' did not appear within 15 s; the screen shows: {screen}"

    write_report(verdict | {"claims": [claim("C12", "blocked", reason)], "exit": 3}, run)

    (card,) = html.fromstring(run.report.read_text()).xpath("//article[@id='C12-virtual-android']")
    assert words(card.xpath("./p[@class='said']")[0]) == "phone: control 'notice' did not appear within 15 s …"
    assert words(card.xpath("./details/p")[0]) == f"the screen shows: {screen}"


def test_deaths_troubles_and_benchmarks_without_figures_are_announced_at_the_top(page: html.HtmlElement) -> None:
    banner = words(page.xpath("//body/header")[0])
    titles = [words(one) for one in section(page, "troubles").xpath(".//h3")]

    assert "The run itself had trouble" in banner
    assert "1 benchmark could not be measured" in banner
    assert titles == ["recorder died (SIGKILL) at 12:03:04 UTC", "pytest suites died (SIGSEGV)"]
    assert "Benchmark: Sync ? blocked on virtual-android no figures" in words(section(page, "blocked"))


def test_a_held_claim_tells_how_it_was_checked(page: html.HtmlElement) -> None:
    ((number, promise, how),) = section(page, "held").xpath(".//tbody/tr")

    assert words(number) == "C08 ✓ held"
    assert words(promise) == "Cached data never expires. MASVS-STORAGE-1 · MASTG-TEST-0207 · MASWE-0001"
    assert words(how) == "Cached data is shown again"


def test_a_claim_that_does_not_apply_tells_why(page: html.HtmlElement) -> None:
    ((number, _, why),) = section(page, "inapplicable").xpath(".//tbody/tr")

    assert (words(number), words(why)) == ("C38 - not applicable", "the app is newer")


def test_benchmarks_tell_figures_in_a_scale_that_reads_and_their_conditions(page: html.HtmlElement) -> None:
    rows = [[words(cell) for cell in row] for row in page.xpath("//table[@id='benchmarks']/tbody/tr")]

    assert rows == [
        ["Cold start: 1", "512 ms", "400 to 900 ms", "20", "clock phone", "· measured"],
        ["Sync", "-", "-", "0", "", "? blocked no figures"],
    ]


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.0, "0 µs"), (4.3e-5, "43.0 µs"), (0.0012, "1.20 ms"), (1.5, "1500 ms"), (12.34, "12.3 s")],
)
def test_seconds_are_shown_in_the_scale_that_suits_them(seconds: float, shown: str) -> None:
    assert figures(seconds, seconds, seconds, "s")[0] == shown


def test_what_was_not_checked_is_listed_and_nothing_is_said_about_it(page: html.HtmlElement) -> None:
    (last,) = page.xpath("//main/section[last()]")

    assert "2 of 84 claims have no check yet. Nothing is said about them" in words(last)
    assert [words(one)[:3] for one in last.xpath(".//details/ul[@id='unchecked']/li")] == ["C01", "O18"]
    assert last.xpath(".//details/@open") == []


def test_whatever_an_app_said_stays_text(verdict: dict[str, Any], run: RunDir) -> None:
    evil = '</p><script>alert(1)</script><img src=x onerror=alert(2)>" onclick="x'
    rows = [claim(number, status, evil, (evil,)) for number, status in zip(("C12", "C15", "C38"), STATES, strict=True)]
    rows[0]["attempts"][0]["test"] = f"suites/test_x.py::test_x[{evil}]"

    write_report(verdict | {"claims": rows, "troubles": [evil], "headline": evil}, run)

    page = html.fromstring(run.report.read_text())
    assert page.xpath("//script | //img | //@onclick | //@onerror") == []
    assert words(page).count("<script>alert(1)</script>") >= len(rows)


def test_the_page_needs_nothing_from_anywhere(page: html.HtmlElement) -> None:
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    targets = page.xpath("//@src | //@href")

    assert [one for one in targets if one.startswith(("http:", "https:", "//"))] == []
    assert page.xpath("//script | //link") == []
    assert "url(" not in page.xpath("//style")[0].text
    assert policy.startswith("default-src 'none'")


def test_every_link_leads_somewhere(page: html.HtmlElement, run: RunDir) -> None:
    ids = set(page.xpath("//@id"))
    links = page.xpath("//a/@href")

    assert [one for one in links if one.startswith("#") and one[1:] not in ids] == []
    assert [one for one in links if not one.startswith("#") and not (run.report.parent / one).exists()] == []


def test_tables_and_language_are_named_for_those_who_cannot_see_them(page: html.HtmlElement) -> None:
    assert page.get("lang") == "en"
    assert all(table.xpath("./caption") for table in page.xpath("//table"))
    assert [th for th in page.xpath("//th") if not th.get("scope")] == []
    assert len(page.xpath("//h1")) == 1


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


@pytest.fixture
def seen() -> Verdict:
    reason = "phone: control 'notice' did not appear within 15 s; the screen shows: \x1b[2J" + "Diary | " * 40
    blocked = [ClaimVerdict(number, "phone", Status.BLOCKED, reason, (), ()) for number in ("C12", "C15")]
    held = ClaimVerdict("C08", "phone", Status.HELD, "", (), ())
    bench = BenchmarkVerdict("bench_cold_start", "phone", Measure.MEASURED, "", "s", 0.5, 0.4, 0.9, 20)
    return Verdict((held, *blocked), (bench,), (), (), ("C01",))


def test_the_terminal_says_a_shared_reason_once_and_cuts_it_after_its_first_clause(seen: Verdict, run: RunDir) -> None:
    console = Console(width=100, record=True, file=StringIO())

    show_summary(seen, run, console)

    lines = [line.rstrip() for line in console.export_text().splitlines()]
    assert lines[:6] == [
        "held       C08",
        "measured   Cold start  median 500 ms of 20, 400 to 900 ms",
        "blocked    C12: The sign-in of a new user erases all local data of the last one.",
        "blocked    C15: What authenticates the user to NetServer is encrypted once more, on top of the",
        "           system's encryption.",
        "           phone: control 'notice' did not appear within 15 s …",
    ]
    assert "looked at 3 of 84 claims: nothing is said about the other 81" in lines
    assert "BLOCKED - could not decide 2 claims: C12, C15 (exit 3)" in lines


def test_the_terminal_obeys_nothing_that_an_app_said(seen: Verdict, run: RunDir) -> None:
    console = Console(width=100, record=True, file=StringIO())
    hostile = replace(seen.claims[1], reason="\x1b[2J\x07gone")

    show_summary(replace(seen, claims=(hostile,), troubles=("\x1b]0;title\x07",)), run, console)

    assert not {"\x1b", "\x07"} & set(console.export_text())
