"""How each way in which a test can end becomes an outcome, with the real pytest in a process of its own."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gate.deaths import Death, append_death
from gate.rundir import read_lines
from tests.gate.project import INI, Inner, Project
from tests.testbed.android.apk_samples import Sample, write

pytest_plugins = ["pytester"]

EVERY_WAY = """
import json
from faults import BenchFault, ControlNotFound

@pytest.fixture
def lost_phone():
    raise ControlNotFound("virtual-android: no button Log in within 15 s")

@pytest.fixture
def bad_ending():
    yield
    raise RuntimeError("adb is gone")

@pytest.fixture
def other_phone():
    pytest.skip("no camera on this phone")

@pytest.mark.claim("C01")
def test_held(record_property):
    record_property("evidence", "evidence/screen.png")
    record_property("other", "not evidence")

@pytest.mark.claim("C02", "C03")
@pytest.mark.claim("C02")
def test_broken():
    found = ["a marker"]
    assert found == []

@pytest.mark.claim("C04")
def test_bench_fault():
    raise BenchFault("virtual-android: adb does not answer")

@pytest.mark.claim("C05")
def test_other_exception():
    raise KeyError("token")

@pytest.mark.claim("C06")
def test_setup_error(lost_phone):
    pass

@pytest.mark.claim("C07")
def test_teardown_error(bad_ending):
    pass

@pytest.mark.claim("C08")
def test_broken_and_teardown_error(bad_ending):
    assert False, "the cache survived"

@pytest.mark.claim("C09")
@pytest.mark.timeout(0.2)
def test_timeout():
    signal.pause()

@pytest.mark.claim("C10")
def test_skip():
    pytest.skip("the app is 11.1.12 or newer")

@pytest.mark.claim("C11")
def test_skip_in_setup(other_phone):
    pass

@pytest.mark.claim("C12")
@pytest.mark.skip
def test_skip_without_reason():
    pass

@pytest.mark.claim("C13")
@pytest.mark.parametrize("link", [])
def test_nothing_to_try(link):
    pass

@pytest.mark.claim("C14")
@pytest.mark.xfail(reason="known")
def test_expected_to_fail():
    assert False

@pytest.mark.claim("C15")
def test_fail_call():
    pytest.fail("no words of the app")

@pytest.mark.claim("C16")
def test_assertion_in_a_library():
    import unittest
    unittest.TestCase().assertEqual(1, 2)

@pytest.mark.claim("C17")
@pytest.mark.xfail(reason="known", strict=True)
def test_unexpected_pass():
    pass

@pytest.mark.claim("C18")
def test_assertion_in_setup(request):
    request.getfixturevalue("asserting")

@pytest.fixture
def asserting():
    assert False, "a fixture judges nothing"
"""

EXPECTED = {
    "test_held": ("held", ""),
    "test_broken": ("broken", "assert ['a marker'] == []"),
    "test_bench_fault": ("blocked", "virtual-android: adb does not answer"),
    "test_other_exception": ("blocked", "KeyError: 'token'"),
    "test_setup_error": ("blocked", "setup: virtual-android: no button Log in within 15 s"),
    "test_teardown_error": ("blocked", "teardown: RuntimeError: adb is gone"),
    "test_broken_and_teardown_error": ("broken", "the cache survived"),
    "test_timeout": ("blocked", "Failed: Timeout (>0.2s) from pytest-timeout."),
    "test_skip": ("not applicable", "the app is 11.1.12 or newer"),
    "test_skip_in_setup": ("not applicable", "no camera on this phone"),
    "test_skip_without_reason": ("blocked", "skipped without a reason of its own (unconditional skip)"),
    "test_expected_to_fail": ("blocked", "marked as expected to fail: known"),
    "test_fail_call": ("blocked", "Failed: no words of the app"),
    "test_assertion_in_a_library": ("blocked", "AssertionError: 1 != 2"),
    "test_unexpected_pass": ("blocked", "[XPASS(strict)] known"),
}


@pytest.fixture
def inner(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Inner:
    for name in ("POCKETGATE_RUN", "POCKETGATE_LAB"):
        monkeypatch.delenv(name, raising=False)
    return Inner(pytester, monkeypatch)


@pytest.fixture(scope="module")
def every_way(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project.make(tmp_path_factory.mktemp("every-way"), EVERY_WAY)
    done = project.pytest("suites")
    assert done.returncode == 1, done.stdout + done.stderr
    return project


@pytest.mark.parametrize("test", EXPECTED)
def test_each_way_to_end_has_its_status_and_reason(every_way: Project, test: str) -> None:
    outcome = every_way.outcomes()[test]

    assert (outcome.status.value, outcome.reason) == EXPECTED[test]


def test_a_check_with_nothing_to_try_saw_nothing(every_way: Project) -> None:
    (outcome,) = [one for name, one in every_way.outcomes().items() if name.startswith("test_nothing_to_try")]

    assert outcome.status.value == "blocked"
    assert "got empty parameter set" in outcome.reason


def test_an_outcome_names_test_claims_phone_and_time(every_way: Project) -> None:
    outcome = every_way.outcomes()["test_broken"]

    assert outcome.test == "suites/test_all.py::test_broken"
    assert (sorted(outcome.claims), outcome.phone) == (["C02", "C03"], "virtual-android")
    assert abs((datetime.now(UTC) - outcome.started).total_seconds()) < 60


def test_evidence_is_what_was_recorded_and_the_story_of_what_went_wrong(every_way: Project) -> None:
    outcomes = every_way.outcomes()

    assert outcomes["test_held"].evidence == ("evidence/screen.png",)
    (story,) = outcomes["test_broken"].evidence
    assert "assert found == []" in (every_way.run.path / story).read_text()


def test_an_assertion_of_a_fixture_judges_nothing(every_way: Project) -> None:
    """One that is asked for late runs within the call, where pytest cannot tell it from the check."""
    assert every_way.outcomes()["test_assertion_in_setup"].status.value == "broken"


def test_all_that_was_found_is_written_down_before_it_runs(every_way: Project) -> None:
    rows = read_lines(every_way.run.collected)

    assert len(rows) == 17
    assert rows[0] == {
        "test": "suites/test_all.py::test_held",
        "kind": "check",
        "claims": ["C01"],
        "phone": "virtual-android",
        "selected": True,
    }


def test_a_crash_leaves_what_was_known_before_it(tmp_path: Path) -> None:
    project = Project.make(
        tmp_path,
        "@pytest.mark.claim('C01')\ndef test_first():\n    pass\n\n"
        "@pytest.mark.claim('C02')\ndef test_crash():\n    os.kill(os.getpid(), signal.SIGKILL)\n",
    )

    done = project.pytest("suites")

    assert done.returncode == -9
    assert list(project.outcomes()) == ["test_first"]
    assert len(read_lines(project.run.collected)) == 2


def test_after_a_death_no_test_is_looked_at(inner: Inner, tmp_path: Path) -> None:
    project = Project.make(tmp_path, "@pytest.mark.claim('C01')\ndef test_it():\n    print('looked')\n")
    append_death(project.run.deaths, Death("recorder", 7, datetime(2026, 1, 1, 12, 3, 4, tzinfo=UTC), -9))

    inner.run(project, "suites", "-s")

    (outcome,) = project.outcomes().values()
    assert outcome.status.value == "blocked"
    assert "recorder died (SIGKILL) at 12:03:04 UTC" in outcome.reason


@pytest.mark.parametrize(("end", "own"), [("pass", ""), ("assert False, 'a leak'", "(the check itself: a leak)")])
def test_what_ends_after_a_death_is_blocked_whatever_it_says(inner: Inner, tmp_path: Path, end: str, own: str) -> None:
    row = {"process": "recorder", "pid": 7, "at": "2026-01-01T12:03:04+00:00", "signal": "SIGKILL"}
    die = f"pathlib.Path(os.environ['POCKETGATE_RUN'], 'deaths.jsonl').write_text({json.dumps(row)!r} + '\\n')"
    text = f"import pathlib\n@pytest.mark.claim('C01')\ndef test_it():\n    {die}\n    {end}\n"
    project = Project.make(tmp_path, text)

    inner.run(project, "suites")

    outcome = project.outcomes()["test_it"]
    assert outcome.status.value == "blocked"
    assert outcome.reason == f"recorder died (SIGKILL) at 12:03:04 UTC {own}".strip()


@pytest.mark.parametrize(
    ("marks", "message"),
    [
        ("", "suites/test_all.py::test_it: decides no claim; mark it, for example @claim('C08')"),
        ("@pytest.mark.claim('C99')\n", "suites/test_all.py::test_it: C99 is no claim of the ledger (C01-C66, O1-O18)"),
    ],
)
def test_a_check_has_to_say_which_claim_of_the_ledger_it_decides(
    inner: Inner, tmp_path: Path, marks: str, message: str
) -> None:
    project = Project.make(tmp_path, f"{marks}def test_it():\n    pass\n")

    done = inner.run(project, "suites")

    assert (done.ret, project.outcomes()) == (4, {})
    assert message in done.stderr.str()


def test_a_claim_option_keeps_its_checks_and_remembers_the_others(inner: Inner, tmp_path: Path) -> None:
    text = "".join(f"@pytest.mark.claim('{one}')\ndef test_{one}():\n    pass\n\n" for one in ("C01", "C02"))
    project = Project.make(tmp_path, text)

    inner.run(project, "suites", "--claim", "C02")

    assert list(project.outcomes()) == ["test_C02"]
    found = {row["claims"][0]: row["selected"] for row in read_lines(project.run.collected)}
    assert found == {"C01": False, "C02": True}


@pytest.mark.parametrize(
    ("module", "trouble"),
    [
        (
            "pytest.skip('not today', allow_module_level=True)\n",
            "suites/test_all.py skipped itself as a whole: not today",
        ),
        ("import no_such_module\n", "suites/test_all.py could not be read: E   ModuleNotFoundError"),
    ],
)
def test_a_module_that_takes_its_checks_out_of_sight_is_a_trouble(
    inner: Inner, tmp_path: Path, module: str, trouble: str
) -> None:
    project = Project.make(tmp_path, module)

    inner.run(project, "suites")

    (row,) = read_lines(project.run.troubles)
    assert row["text"].startswith(trouble)


def test_a_benchmark_is_measured_or_blocked_and_never_breaks_a_claim(inner: Inner, tmp_path: Path) -> None:
    bench = (
        "def bench_good(benchmark):\n    benchmark.pedantic(lambda: None, rounds=3)\n\n"
        "def bench_bad(benchmark):\n    assert 1 == 2\n"
    )
    project = Project.make(tmp_path, benchmarks=bench)

    inner.run(project, "benchmarks")

    outcomes = project.outcomes()
    assert {name: one.status.value for name, one in outcomes.items()} == {"bench_good": "held", "bench_bad": "blocked"}
    figures = json.loads(project.run.benchmarks.read_text())["benchmarks"]
    assert [(row["fullname"], len(row["stats"]["data"])) for row in figures] == [
        ("benchmarks/bench_all.py::bench_good", 3)
    ]


def test_plain_pytest_makes_a_run_and_judges_it(inner: Inner, tmp_path: Path) -> None:
    project = Project.make(
        tmp_path, "@pytest.mark.claim('C01')\ndef test_it():\n    pytest.skip('not for this phone')\n"
    )

    done = inner.plain(project, "suites", "--phone", "virtual-android")

    verdict = json.loads((tmp_path / "artifacts" / "latest" / "verdict.json").read_text())
    assert (done.ret, verdict["exit"]) == (3, 3)
    assert verdict["run"]["command"][:2] == ["pytest", "-p"]
    assert (tmp_path / "artifacts" / "latest" / "report" / "index.html").exists()


def test_tests_that_are_not_of_the_suites_make_no_run(inner: Inner, tmp_path: Path) -> None:
    project = Project.make(tmp_path)
    (tmp_path / "test_other.py").write_text("def test_it():\n    pass\n")

    done = inner.plain(project, "test_other.py")

    assert done.ret == 0
    assert [one.name for one in (tmp_path / "artifacts").iterdir() if not one.is_symlink()] == [project.run.id]


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("--phone", "my-phone"), "--phone my-phone: no such phone"),
        (("--claim", "C99"), "no such claim: C99"),
        (("--app", "missing.apk"), "missing.apk: no such file"),
    ],
)
def test_plain_pytest_refuses_what_the_command_line_refuses(
    inner: Inner, tmp_path: Path, option: tuple[str, str], message: str
) -> None:
    done = inner.plain(Project.make(tmp_path), "suites", *option)

    assert done.ret == 4
    assert message in done.stderr.str()


def test_benchmarks_that_all_say_that_they_do_not_apply_are_no_error_of_the_runner(tmp_path: Path) -> None:
    bench = "def bench_none(benchmark):\n    pytest.skip('iOS times no warm start')\n"
    project = Project.make(tmp_path, benchmarks=bench)
    (tmp_path / "pytest.ini").write_text(f"{INI}filterwarnings = error\n")

    done = project.pytest("benchmarks")

    assert (done.returncode, "INTERNALERROR" in done.stdout + done.stderr) == (0, False), done.stdout + done.stderr
    assert project.outcomes()["bench_none"].reason == "iOS times no warm start"


def test_a_base_that_nothing_of_the_run_could_be_compared_with_is_refused(inner: Inner, tmp_path: Path) -> None:
    project, base = Project.make(tmp_path, "", "def bench_it():\n    pass\n"), write(Sample(), tmp_path)

    done = inner.plain(project, "benchmarks", "--phone", "virtual-ios", "--base", str(base))

    assert done.ret == 4
    assert f"--base {base}: an app for android, but the run has no such phone" in done.stderr.str()
