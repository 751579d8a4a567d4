"""The .ipa, read and verified by tools that are not ours; what a phone says to it is in tests/testbed/ios."""

import hashlib
import plistlib
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

APP = "Payload/Pocket.app"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def ipa(home: Path) -> Path:
    return built(home, home / "out")


@pytest.fixture(scope="module")
def files(ipa: Path) -> dict[str, bytes]:
    return contents(ipa)


def built(home: Path, out: Path, *more: str) -> Path:
    words = ["--platform", "ios", "--home", str(home), "--out", str(out), *more]
    command = [sys.executable, "-m", "testbed.build", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


def contents(ipa: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(ipa) as archive:
        return {name.removeprefix(f"{APP}/"): archive.read(name) for name in archive.namelist()}


def openssl(folder: Path, *words: str) -> bytes:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    return subprocess.run(["openssl", *words], cwd=folder, capture_output=True, check=True).stdout


def test_info_says_what_ios_wants_to_know(files: dict[str, bytes]) -> None:
    info = plistlib.loads(files["Info.plist"])

    assert files["Info.plist"].startswith(b"bplist00")
    assert info["CFBundleIdentifier"] == "test.superoffice.pocket"
    assert info["CFBundleSupportedPlatforms"] == ["iPhoneOS"]
    assert "superoffice" in info["CFBundleURLTypes"][0]["CFBundleURLSchemes"]
    assert info["RuntimeEntry"] == "pocket.main:main"
    assert info["CFBundleExecutable"] in files


def test_every_resource_is_sealed(files: dict[str, bytes]) -> None:
    sealed = plistlib.loads(files["_CodeSignature/CodeResources"])["files2"]
    rest = {name for name in files if not name.startswith("_CodeSignature/")} - {"Info.plist", "PkgInfo", "Pocket"}

    assert set(sealed) == rest
    assert all(hashlib.sha256(files[name]).digest() == row["hash2"] for name, row in sealed.items())


def test_openssl_verifies_the_signature_by_the_developer_of_the_profile(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    (tmp_path / "signature").write_bytes(files["_CodeSignature/CodeSignature"][8:])
    (tmp_path / "directory").write_bytes(files["_CodeSignature/CodeDirectory"])
    (tmp_path / "profile").write_bytes(files["embedded.mobileprovision"])
    profile = plistlib.loads(openssl(tmp_path, "cms", "-verify", "-noverify", "-inform", "DER", "-in", "profile"))
    (tmp_path / "developer").write_bytes(profile["DeveloperCertificates"][0])
    words = ("-inform", "DER", "-in", "signature", "-content", "directory", "-binary", "-signer", "signer.pem")
    openssl(tmp_path, "cms", "-verify", "-noverify", *words)

    assert openssl(tmp_path, "x509", "-in", "signer.pem", "-outform", "DER") == profile["DeveloperCertificates"][0]
    assert (
        profile["Entitlements"]["application-identifier"] == f"{profile['TeamIdentifier'][0]}.test.superoffice.pocket"
    )


def test_the_same_input_gives_the_same_bytes(ipa: Path, home: Path, tmp_path: Path) -> None:
    assert built(home, tmp_path).read_bytes() == ipa.read_bytes()


def test_another_home_is_another_team(files: dict[str, bytes], tmp_path: Path) -> None:
    other = contents(built(tmp_path / "home", tmp_path))

    assert team_of(other) != team_of(files)


def team_of(files: dict[str, bytes]) -> str:
    entitlements = plistlib.loads(files["_CodeSignature/CodeEntitlements"][8:])
    return str(entitlements["com.apple.developer.team-identifier"])


def test_a_defect_travels_in_the_file_and_finds_the_app_beside_it(home: Path, tmp_path: Path) -> None:
    ipa = built(home, tmp_path, "--defect", "token_in_url")
    files = contents(ipa)
    code = {name: source for name, source in files.items() if name.startswith("assets/")}

    assert ipa.name == "pocket-1.0-token_in_url.ipa"
    assert plistlib.loads(files["Info.plist"])["RuntimeEntry"] == "defect.entry:main"
    assert "assets/defect/token_in_url.py" in code
    assert [name for name, source in code.items() if b"import testbed" in source or b"from testbed" in source] == []
