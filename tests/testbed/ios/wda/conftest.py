from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.testbed.ios.iphone_rig import BUNDLE, IPhone, Wda, iphone, toy_ipa
from tests.testbed.ios.mux_rig import Muxd, usbmuxd
from tests.testbed.ios.toy_app import SOURCE


@pytest.fixture(scope="session")
def toy(build_home: Path) -> Path:
    return toy_ipa(build_home, SOURCE)


@pytest.fixture(scope="session")
def bus() -> Iterator[Muxd]:
    """This phone's own: other tests count the phones on theirs."""
    with usbmuxd() as running:
        yield running


@pytest.fixture(scope="session")
def phone(bus: Muxd, toy: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[IPhone]:
    with iphone(bus, tmp_path_factory.mktemp("iphone") / "phone", toy) as running:
        yield running


@pytest.fixture
def wda(phone: IPhone) -> Iterator[Wda]:
    """A session on the toy app, freshly started."""
    with Wda(phone, bundleId=BUNDLE) as session:
        yield session


@pytest.fixture(scope="module")
def form(phone: IPhone) -> Iterator[Wda]:
    """One session for tests that only look at the form."""
    with Wda(phone, bundleId=BUNDLE) as session:
        yield session
