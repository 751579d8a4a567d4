import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.testbed.ios.mux_rig import BarePhone, Muxd, bare_phone, usbmuxd


@pytest.fixture(scope="session")
def muxd() -> Iterator[Muxd]:
    """One daemon for all tests that leave it as they found it."""
    with usbmuxd() as running:
        yield running


@pytest.fixture(scope="session")
def bare(muxd: Muxd, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BarePhone]:
    """A phone without apps that run, for the tests that leave it as they found it."""
    with bare_phone(muxd, tmp_path_factory.mktemp("bare") / "phone") as running:
        yield running


@pytest.fixture(scope="session")
def build_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the keys of the one who signs apps are kept."""
    return tmp_path_factory.mktemp("signer")


@pytest.fixture(scope="session")
def ipa(build_home: Path) -> Path:
    words = ["--platform", "ios", "--home", str(build_home), "--out", str(build_home)]
    done = subprocess.run([sys.executable, "-m", "testbed.build", *words], capture_output=True, text=True, check=True)
    return Path(done.stdout.strip())
