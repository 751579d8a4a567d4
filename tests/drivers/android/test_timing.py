"""What benchmarks ask of a phone: starts of each kind, its log from a mark on, its condition, its disk put back."""

import re
import sqlite3
from dataclasses import fields, replace
from pathlib import Path

import pytest

from benchmarks.bench_start import StartRounds
from benchmarks.blocks import Uncounted, alone, measure
from benchmarks.builds import Builds
from benchmarks.settings import read_settings
from drivers.android.phone import AndroidPhone
from drivers.android.starts import displayed, duration, fully_drawn, kind_of, launch_of
from drivers.phone import UNKNOWN, Launch, LogMark, NetworkProfile, Start
from drivers.tenant import Account
from faults import CapabilityMissing, EvidenceMissing
from scenarios.sign_in import sign_in

TOLD = """Starting: Intent { cmp=a.b/.Main }
Status: ok
LaunchState: WARM
Activity: a.b/.Main
TotalTime: 1234
WaitTime: 1240
Complete
"""


def test_kind_and_seconds_are_read_from_what_am_prints() -> None:
    assert launch_of(TOLD, 2.0, before=7, after=7) == Launch(Start.WARM, 1.234)


@pytest.mark.parametrize("told", ["LaunchState: UNKNOWN (0)\n", "Status: ok\n"])
def test_a_kind_that_the_phone_does_not_name_is_none(told: str) -> None:
    assert kind_of(told) is None


@pytest.mark.parametrize("told", ["Status: timeout\nTotalTime: 5\n", "Error type 3\n", "Status: ok\n"])
def test_a_start_that_was_not_timed_is_no_evidence(told: str) -> None:
    with pytest.raises(EvidenceMissing, match="reported no start"):
        launch_of(told, 9.0, before=None, after=7)


OLD = "Status: ok\nActivity: a.b/.Main\nThisTime: 300\nTotalTime: 300\nWaitTime: 310\nComplete\n"


@pytest.mark.parametrize(("before", "kind"), [(None, Start.COLD), (7, Start.HOT)])
def test_where_the_phone_names_no_kind_the_process_does(before: int | None, kind: Start) -> None:
    assert launch_of(OLD, 1.0, before=before, after=7) == Launch(kind, 0.3)


@pytest.mark.parametrize(
    ("told", "took", "before", "words"),
    [
        (TOLD.replace("WARM", "COLD"), 2.0, 7, "says COLD, but the app's process is the one from before"),
        (TOLD, 2.0, None, "says WARM, but the app's process is new"),
        (TOLD, 1.0, 7, "says that the start took 1.234 s, and was itself back after 1.000 s"),
        ("Status: timeout\nTotalTime: 5\n", 2.0, 7, "reported no start"),
    ],
)
def test_a_start_that_the_phone_tells_two_ways_is_no_evidence(
    told: str, took: float, before: int | None, words: str
) -> None:
    with pytest.raises(EvidenceMissing, match=words):
        launch_of(told, took, before=before, after=7)


@pytest.mark.parametrize(("text", "seconds"), [("412ms", 0.412), ("1s23ms", 1.023), ("1m2s3ms", 62.003)])
def test_durations_are_those_of_the_log(text: str, seconds: float) -> None:
    assert duration(text) == pytest.approx(seconds)


def test_a_text_that_is_no_duration_is_no_evidence() -> None:
    with pytest.raises(EvidenceMissing, match="times a start with `soon`"):
        duration("soon")


@pytest.mark.parametrize("user", ["", " for user 0"])
def test_the_lines_of_the_log_are_found_with_and_without_the_user(user: str) -> None:
    first = displayed("a.b").search(f"I ActivityTaskManager: Displayed a.b/.Main{user}: +412ms")
    full = fully_drawn("a.b").search(f"I ActivityTaskManager: Fully drawn a.b/.Main{user}: +1s2ms")

    assert first is not None
    assert full is not None
    assert (first[1], full[1]) == ("412ms", "1s2ms")


@pytest.mark.parametrize("mode", Start)
def test_a_start_is_of_the_wanted_kind_and_the_full_display_follows_the_first(
    mode: Start, fresh: AndroidPhone, ada: Account
) -> None:
    sign_in(fresh, ada)

    started = fresh.start_app(mode, full_display_within=10)

    assert started.kind is mode
    assert started.full_display is not None
    assert 0 <= started.initial_display <= started.full_display < 10


def test_an_app_that_does_not_say_when_all_is_shown_has_no_full_display(fresh: AndroidPhone) -> None:
    assert fresh.start_app(Start.COLD, full_display_within=0.2).full_display is None


def test_the_log_is_read_from_a_mark_on(fresh: AndroidPhone) -> None:
    fresh.adb.shell("log", "-t", "app", "before")
    mark = fresh.mark_log()
    fresh.adb.shell("log", "-t", "app", "after")

    told = fresh.log_after(mark)

    assert "before" not in told
    assert fresh.await_log(re.compile("(aft)er"), mark)[1] == "aft"


def test_what_is_not_logged_and_a_mark_that_is_gone_are_no_evidence(fresh: AndroidPhone) -> None:
    mark = fresh.mark_log()

    with pytest.raises(EvidenceMissing, match=r"nothing like `never` was logged within 0\.1 s"):
        fresh.await_log(re.compile("never"), mark, seconds=0.1)
    with pytest.raises(EvidenceMissing, match="the log has lost"):
        fresh.log_after(LogMark("mark gone", mark.since))


def test_a_sandbox_is_put_back_as_it_was_kept(fresh: AndroidPhone) -> None:
    before = fresh.storage()
    fresh.keep_state("one")
    home = ("run-as", fresh.app.package)
    fresh.adb.shell(*home, "touch", "left-behind", "cache/picture")

    fresh.restore_state("one")
    after = fresh.storage()
    fresh.forget_states()

    assert after == before
    assert "pocketgate-kept" not in fresh.adb.shell(*home, "ls")


def test_a_sandbox_that_nobody_may_enter_cannot_be_kept(fresh: AndroidPhone) -> None:
    with pytest.raises(CapabilityMissing, match="not debuggable cannot be put back"):
        replace(fresh, app=replace(fresh.app, debuggable=False)).keep_state("one")


def test_the_phone_tells_its_condition(fresh: AndroidPhone) -> None:
    found = fresh.condition()

    assert (found.system, found.emulator, found.debuggable) == ("Android 13, API 33", True, True)
    assert (found.battery_percent, found.thermal) == (100, "none")
    assert found.compile_mode in {UNKNOWN, "verify"}


def test_a_network_is_slowed_down_and_let_go(fresh: AndroidPhone) -> None:
    fresh.shape_network(NetworkProfile("gprs", 114, 114, 150, 550))
    fresh.shape_network(None)

    with pytest.raises(CapabilityMissing, match=r"cannot be slowed down .*KO"):
        fresh.shape_network(NetworkProfile("none", -1, -1, 1, 1))


def test_a_query_is_timed_on_the_phone(fresh: AndroidPhone, tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "app.db")
    database.execute("CREATE TABLE contact (name TEXT)")
    database.commit()
    database.close()

    timed = fresh.time_query(tmp_path / "app.db", "SELECT * FROM contact WHERE name = 'it''s'", 3)

    assert len(timed) == 3
    assert all(0 <= seconds < 5 for seconds in timed)


class Unlucky(AndroidPhone):
    """Its system ends the app while that is behind, as for want of memory."""

    def go_home(self) -> None:
        AndroidPhone.go_home(self)
        self.stop_app()


def test_a_start_of_another_kind_than_was_wanted_is_not_counted(fresh: AndroidPhone) -> None:
    parts = {one.name: getattr(fresh, one.name) for one in fields(fresh) if one.init}
    phone = Unlucky(**parts)
    builds = Builds(phone, fresh.app, None, read_settings(), family=1, ahead=False, fill=lambda _: None)
    rounds = StartRounds(builds, phone, Start.HOT, patience=0)

    with pytest.raises(Uncounted, match="the start was COLD, not HOT"):
        rounds.take()
    with pytest.raises(EvidenceMissing, match=r"only 0 of 2 rounds counted: the start was COLD, not HOT \(4 times\)"):
        measure(alone(2), rounds.begin, rounds.take)
    builds.close()
