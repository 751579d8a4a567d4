"""The command line as scripts see it: exit codes, and one clear line for what was typed wrong."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gate import cli, doctor
from gate.conclusion import conclude
from gate.rundir import Plan, RunDir


def typed(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["pocketgate", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("run", "--phone", "my-phone"),
            "--phone my-phone: no such phone; virtual-android ",
        ),
        (("run", "--claim", "C99"), "no such claim: C99; give one of C01-C66 or O1-O18"),
        (("run", "--claim", "c8"), "no such claim: c8; did you mean C08? give one of"),
        (("claims", "o3"), "no such claim: o3; did you mean O3? give one of"),
        (
            ("run", "--phone", "virtual-andriod"),
            "--phone virtual-andriod: no such phone; did you mean virtual-android? ",
        ),
        (("prove", "--defect", "foreign_qr"), "no such defect; did you mean foreign_qr_accepted? `pocketgate testbed"),
        (("testbed", "build", "--out", "{tmp}/apps", "--defect", "nope"), "--defect nope: no such defect; `pocketgate"),
        (
            ("testbed", "build", "--out", "{tmp}/apps", "--platform", "windows"),
            "--platform windows: give android or ios",
        ),
        (("run", "--app", "missing.apk"), "missing.apk: no such file"),
        (("run", "--app", "{tmp}/app.zip"), "app.zip: not an app file"),
        (("run", "--app", "{tmp}/text.apk"), "text.apk: not an app file"),
        (("run", "--app", "{tmp}/empty.apk"), "empty.apk"),
        (
            ("run", "--out", "{tmp}/text.apk/inside"),
            "text.apk/inside: Not a directory; give a folder that can be written",
        ),
        (("prove", "--out", "{tmp}/text.apk"), "text.apk: File exists; give a folder that can be written"),
        (("testbed", "build", "--out", "{tmp}/text.apk"), "text.apk: File exists; give a folder that can be written"),
        (("run", "--colour"), "No such option: --colour"),
        (("fly",), "No such command 'fly'"),
        (("report", "{tmp}"), "no verdict.json there; give the folder of a run"),
        (("report",), "Missing argument 'RUN'"),
        (("testbed", "build"), "Missing option '--out'"),
        (("testbed", "up", "--android", "9"), "Invalid value for '--android'"),
        (("testbed", "up", "--android", "0"), "no phone was asked for; give --android N or --ios N"),
    ],
)
def test_what_is_typed_wrong_gets_one_line_and_exit_2(
    words: tuple[str, ...],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.apk").write_text("no zip")
    (tmp_path / "app.zip").write_bytes(b"PK\x05\x06" + bytes(18))
    (tmp_path / "empty.apk").write_bytes(b"PK\x05\x06" + bytes(18))

    code = typed(monkeypatch, *(word.format(tmp=tmp_path) for word in words))

    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert said.err.startswith("pocketgate: ")
    assert message in said.err
    assert said.err.count("\n") == 1
    assert not (tmp_path / "artifacts").exists()


def test_a_disk_without_room_is_told_in_one_line_and_decides_nothing(
    run: RunDir, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    conclude(run)
    run.report.unlink()
    run.report.symlink_to("/dev/full")

    code = typed(monkeypatch, "report", str(run.path))

    assert (code, capsys.readouterr().err) == (
        3,
        "pocketgate: a file: No space left on device; make room for it and begin again\n",
    )


def test_a_report_is_built_anew_from_what_the_run_left(
    run: RunDir, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    conclude(run)
    run.report.unlink()

    code = typed(monkeypatch, "report", str(run.path.parent / "latest"))

    assert (code, capsys.readouterr().out) == (0, f"{run.report}\n")
    assert run.report.exists()


def test_a_verdict_that_cannot_be_read_is_named(
    run: RunDir, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run.verdict.write_text("{")

    code = typed(monkeypatch, "report", str(run.path))

    assert code == 2
    assert "verdict.json is no verdict of pocketgate" in capsys.readouterr().err


def test_a_doctor_who_finds_nothing_wrong_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "CHECKS", (("Python", lambda: "3.13"),))
    monkeypatch.setattr(doctor, "FOR_EMULATORS", ())
    monkeypatch.setattr(doctor, "FOR_CHROMIUM", ())

    assert typed(monkeypatch, "doctor") == 0
    assert capsys.readouterr().out.split() == ["Python", "ok", "3.13"]


def test_what_is_missing_is_told_with_the_command_that_mends_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("drivers.tools.APPIUM_HOME", tmp_path)
    monkeypatch.setattr(doctor, "CHECKS", [row for row in doctor.CHECKS if row[0] in {"adb", "Appium"}])

    code = typed(monkeypatch, "doctor")

    said = " ".join(capsys.readouterr().out.split())
    assert code == 3
    assert "adb ok Android Debug Bridge" in said
    assert "Appium missing" in said
    assert "mend: make setup" in said


@pytest.mark.parametrize(("avd", "word", "code"), [("", "not there", 0), ('avd = "lab34"', "missing", 3)])
def test_an_android_sdk_is_missing_where_a_phone_needs_one(  # noqa: PLR0913, PLR0917 -- fixtures
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, avd: str, word: str, code: int
) -> None:
    config = tmp_path / "lab.toml"
    config.write_text(f'[[phone]]\nname = "one"\nplatform = "android"\n{avd or "serial = 'R58M42ABCDE'"}\n')
    monkeypatch.setenv("POCKETGATE_CONFIG", str(config))
    monkeypatch.setenv("ANDROID_HOME", str(tmp_path))
    monkeypatch.setattr(doctor, "CHECKS", ())
    monkeypatch.setattr(doctor, "KVM", tmp_path / "kvm")
    monkeypatch.setattr(doctor, "FOR_CHROMIUM", ())

    assert typed(monkeypatch, "doctor") == code

    said = " ".join(capsys.readouterr().out.split())
    assert f"Android SDK (for avd:NAME) {word}" in said
    assert "mend: sdkmanager emulator platform-tools" in said
    assert f"acceleration (for avd:NAME) {word if sys.platform == 'linux' else 'ok'}" in said


def test_a_fault_of_pocketgate_itself_is_shown_and_is_not_taken_for_a_broken_claim(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "CHECKS", (("Python", lambda: str(1 // 0)),))

    code = typed(monkeypatch, "doctor")

    said = capsys.readouterr().err
    assert code == 3
    assert "ZeroDivisionError" in said
    assert "pocketgate: a fault of pocketgate itself" in said


def test_ctrl_c_is_blocked(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(doctor, "CHECKS", (("Python", lambda: str(signal.raise_signal(signal.SIGINT))),))

    assert typed(monkeypatch, "doctor") == 3
    assert capsys.readouterr().err == "pocketgate: interrupted\n"


def test_the_program_is_installed_under_its_name() -> None:
    done = subprocess.run((Path(sys.executable).with_name("pocketgate"), "--help"), capture_output=True, check=True)

    assert b"testbed" in done.stdout


def test_two_runs_of_one_second_have_folders_of_their_own(run: RunDir) -> None:
    second = RunDir.create(run.path.parent, Plan(("pocketgate", "run"), ()))

    assert second.path != run.path
    assert (run.path.parent / "latest").resolve() == second.path


def test_a_claim_is_shown_with_its_checks_and_defects(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = typed(monkeypatch, "claims", "C12")

    shown = capsys.readouterr().out
    assert (code, shown.splitlines()[0].startswith("C12  ")) == (0, True)
    assert "check   suites/test_cache_wipe.py::test_a_new_user_finds_nothing_of_the_last_one" in shown
    assert "defect  cache_kept_for_next_user: " in shown
