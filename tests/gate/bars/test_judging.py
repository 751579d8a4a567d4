"""What each bar makes of what it saw: met, not met, and in which words."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from signal import SIGINT, SIGKILL
from typing import Any

import pytest

from faults import BenchFault
from gate.bars import __main__ as command
from gate.bars import deaths, fresh, proof, same, steady
from gate.bars.deaths import Aftermath, Blow
from gate.bars.product import Ended
from gate.bars.result import Result
from gate.bars.same import Pair

AT = datetime(2026, 1, 1, 12, 3, 4, tzinfo=UTC)
WORDS = "recorder died (SIGKILL) at 12:03:04 UTC"
DEATH = {"process": "recorder", "pid": 7, "at": AT.isoformat(), "signal": "SIGKILL", "words": WORDS}
RECORDER = Blow("recorder", "traffic.recorder")


def aftermath(**other: object) -> Aftermath:
    row: dict[str, Any] = {
        "blow": RECORDER,
        "at": AT,
        "code": 3,
        "seconds": 5.0,
        "left": (),
        "verdict": {"deaths": [DEATH], "troubles": []},
        "report": f"<p>{WORDS}</p>",
    }
    return Aftermath(**(row | other))


def test_a_death_that_is_said_by_name_signal_and_time_meets_the_bar() -> None:
    assert deaths.judged([aftermath()]).ok


@pytest.mark.parametrize(
    ("other", "trouble"),
    [
        ({"code": 0}, "exit 0, not 3"),
        ({"code": None}, "exit None, not 3"),
        ({"seconds": 41.0}, "ended after 41 s"),
        ({"left": ("adb logcat",)}, "left: adb logcat"),
        ({"verdict": None}, "no verdict"),
        ({"report": "<p>recorder died</p>"}, f"the report does not say: {WORDS}"),
        ({"verdict": {"deaths": []}}, "the verdict does not say what happened"),
        ({"verdict": {"deaths": [DEATH | {"process": "cloud"}]}}, "the verdict does not say what happened"),
        ({"verdict": {"deaths": [DEATH | {"signal": "SIGTERM"}]}}, "the verdict does not say what happened"),
        ({"at": AT.replace(minute=9)}, "the verdict does not say what happened"),
    ],
)
def test_whatever_is_missing_after_a_death_is_named(other: dict[str, Any], trouble: str) -> None:
    assert aftermath(**other).troubles == (trouble,)


def test_an_interrupted_run_must_say_so() -> None:
    blow, said = Blow("pocketgate-SIGINT", None, SIGINT), "interrupted at 12:03:04 UTC"
    silent = aftermath(blow=blow, verdict={"deaths": [], "troubles": []})
    loud = aftermath(blow=blow, verdict={"deaths": [], "troubles": [said]}, report=said)

    assert (silent.troubles, loud.troubles) == (("the verdict does not say what happened",), ())


def test_after_a_sigkill_only_the_next_start_can_speak() -> None:
    blow = Blow("pocketgate-SIGKILL", None, SIGKILL)
    well, ill = (aftermath(blow=blow, code=-9, verdict=None, report="", next_exit=code) for code in (0, 3))

    assert (well.troubles, ill.troubles) == ((), ("the next start ended with 3",))


CLEAN = {"C10 on virtual-android": "held", "C11 on virtual-android": "held"}
ALL_HELD = {"*": "held"}


def test_the_same_verdicts_meet_the_bar() -> None:
    verdict = {"claims": [{"id": "C10", "phone": "p", "status": "held"}, {"id": "C11", "phone": "p", "status": "held"}]}
    found = same.statuses(verdict)

    result = same.judged([Pair("clean", found, found, ALL_HELD)])

    assert (result.ok, result.words) == (True, "2 of 2 verdicts (clean)")


def test_a_verdict_that_differs_or_is_absent_is_named() -> None:
    pair = Pair(
        "clean", CLEAN | {"C10 on virtual-android": "blocked"}, CLEAN | {"O9 on virtual-android": "held"}, ALL_HELD
    )

    assert pair.different == (
        "C10 on virtual-android: pytest blocked, run held",
        "O9 on virtual-android: pytest absent, run held",
    )
    assert not same.judged([pair]).ok


@pytest.mark.parametrize(
    ("both", "wanted", "missed"),
    [
        ({}, ALL_HELD, ("no claim was judged",)),
        ({"C10": "blocked"}, ALL_HELD, ("C10: blocked",)),
        ({"C10": "held"}, {"C10": "broken"}, ("C10: held",)),
        ({"C10": "held"}, {"C50": "broken"}, ("C50: None",)),
        ({"C10": "held", "C50": "broken"}, {"C50": "broken"}, ()),
    ],
)
def test_two_doors_that_see_nothing_are_not_the_same(
    both: dict[str, str], wanted: dict[str, str], missed: tuple[str, ...]
) -> None:
    pair = Pair("build", both, both, wanted)

    assert pair.missed == missed
    assert same.judged([pair]).ok is not bool(missed)


def row(name: str, status: str = "caught", collateral: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"name": name, "status": status, "collateral": list(collateral), "seconds": 1.0}


@pytest.mark.parametrize(
    ("rows", "recall", "false_alarms", "code", "ok"),
    [
        ([row("one"), row("two")], 1.0, [], 0, True),
        ([row("one"), row("two", "missed")], 0.5, [], 1, False),
        ([row("one"), row("two", collateral=("C10",))], 1.0, [], 1, False),
        ([row("one"), row("two")], 1.0, ["C10"], 1, False),
        ([row("one"), row("two")], 1.0, [], 3, False),
        ([row("one")], 1.0, [], 0, False),
    ],
)
def test_every_known_defect_is_caught_alone(
    rows: list[dict[str, Any]], recall: float, false_alarms: list[str], code: int, *, ok: bool
) -> None:
    told = {"defects": rows, "recall": recall, "false_alarms": false_alarms}

    assert proof.judged(told, ("one", "two"), code).ok is ok


@pytest.mark.parametrize(("exits", "ok"), [((0, 0, 0), True), ((0, 3, 0), False)])
def test_one_red_run_is_not_steady(exits: tuple[int, ...], *, ok: bool) -> None:
    result = steady.judged([Ended(code, seconds, "") for code, seconds in zip(exits, (3.0, 1.0, 2.0), strict=True)])

    assert result.ok is ok
    assert (result.measured["min"], result.measured["median"], result.measured["max"]) == (1.0, 2.0, 3.0)


@pytest.mark.parametrize(
    ("step", "code", "seconds", "ok"),
    [("tests", 0, 1.0, True), ("cold gate", 0, 481.0, False), ("warm set-up", 0, 3.5, False), ("tests", 2, 1.0, False)],
)
def test_each_step_of_a_fresh_clone_has_its_limit(step: str, code: int, seconds: float, *, ok: bool) -> None:
    ended = {name: Ended(0, 1.0, "") for name, _, _ in fresh.STEPS} | {step: Ended(code, seconds, "")}

    assert fresh.judged(ended).ok is ok


def test_a_new_machine_has_empty_caches_and_hears_nothing_of_our_make(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAKEFLAGS", "w")

    environment = fresh.new_machine(tmp_path)

    assert "MAKEFLAGS" not in environment
    assert list(Path(environment["HOME"]).iterdir()) == list(Path(environment["PIP_CACHE_DIR"]).iterdir()) == []


def test_a_row_has_the_columns_of_the_figures() -> None:
    result = Result("steady", "3 of 3 exit 0", {}, "2 of 3 | odd", ok=False)

    assert result.as_row(("--runs", "3"), date(2026, 1, 2), "2 cores, 4 GiB") == (
        "| steady | 3 of 3 exit 0 | NOT MET: 2 of 3 \\| odd | 2 cores, 4 GiB, 2026-01-02 "
        "| `python -m gate.bars steady --runs 3` |"
    )


def test_a_bar_that_could_not_be_measured_is_not_met(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def blind(*_: object) -> Result:
        raise BenchFault("the run did not get to its middle")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(command, "BARS", {"deaths": blind})

    code = command.main(["deaths"])

    line = json.loads(capsys.readouterr().out)
    assert (code, line["ok"], line["bar"]) == (1, False, "deaths")
    assert line["measured"] == {"trouble": "the run did not get to its middle"}
