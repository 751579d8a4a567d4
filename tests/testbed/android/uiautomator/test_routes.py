"""The table of routes beside the real server's, as its package carries them."""

import re
import zipfile
from collections.abc import Iterator

import pytest

from testbed.android.uiautomator.routes import LEFT_OUT, ROUTES
from tests.testbed.android.uiautomator_client import APKS

ROUTE = re.compile(rb"/session/:sessionId([\w/:]*)")


def theirs() -> Iterator[str]:
    """Paths inside a session, without names of their parts."""
    for package in APKS.glob("appium-uiautomator2-server-v*.apk"):
        with zipfile.ZipFile(package) as files:
            for name in files.namelist():
                if name.endswith(".dex"):
                    found = ROUTE.findall(files.read(name))
                    yield from (re.sub(r":\w+", "{}", path.decode()) for path in found)


def ours() -> Iterator[str]:
    for mapped in ROUTES:
        path = re.sub(r"{\w+}", "{}", mapped.path)
        if path.startswith("/session/{}"):
            yield path.removeprefix("/session/{}")


@pytest.mark.skipif(not APKS.is_dir(), reason="the Appium drivers are not installed")
def test_every_path_of_the_real_server_is_answered_or_left_out_with_a_reason_and_no_other_is() -> None:
    assert set(theirs()) - set(ours()) == set(LEFT_OUT)
    assert set(ours()) - set(theirs()) == set()
    assert all(LEFT_OUT.values())
