from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.testbed.android.apk_samples import PACKAGE, Sample, write
from tests.testbed.android.phone_rig import Adb, Rig, adb_server, free_port, phone, private

HOSTS = "*.crm.example=127.0.0.1:9"


@pytest.fixture(scope="session")
def adb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Adb]:
    """One adb server for all tests of the phone."""
    port = free_port()
    env = private(tmp_path_factory.mktemp("adb"), port)
    with adb_server(port, env):
        yield Adb(port, env)


@pytest.fixture(scope="session")
def rig(adb: Adb, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """One phone for the tests that leave it as they found it."""
    with phone(adb, tmp_path_factory.mktemp("phone"), "--resolve", HOSTS) as running:
        yield running


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where sample app files are made; its signers last for the session."""
    return tmp_path_factory.mktemp("apks")


@pytest.fixture(scope="session")
def sample(shelf: Path) -> Path:
    return write(Sample(), shelf)


@pytest.fixture
def installed(rig: Rig, sample: Path) -> Iterator[Rig]:
    """The phone with the sample app, fresh."""
    done = rig.adb.run("install", "-g", str(sample))
    assert done.returncode == 0, done.stderr
    yield rig
    rig.adb.run("uninstall", "com.example.sample")


@pytest.fixture(scope="module")
def running(rig: Rig, sample: Path) -> Iterator[Rig]:
    """The phone with the sample app in front, for tests that leave both as they are."""
    rig.adb.run("install", "-g", str(sample))
    rig.adb.shell(f"am start -W -n {PACKAGE}/.Main")
    yield rig
    rig.adb.run("uninstall", PACKAGE)


@pytest.fixture
def rooted(rig: Rig) -> Iterator[Rig]:
    rig.adb.run("root")
    yield rig
    rig.adb.run("unroot")
