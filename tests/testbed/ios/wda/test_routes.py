"""The table of routes beside WebDriverAgent's own sources, as the driver's package carries them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from testbed.ios.wda.routes import LEFT_OUT, ROUTES, SLASHED

PACKAGE = "drivers/appium/node_modules/appium-xcuitest-driver/node_modules/appium-webdriveragent"
SOURCES = Path(__file__).parents[4] / PACKAGE / "WebDriverAgentLib/Commands"
ROUTE = re.compile(r'\[FBRoute (GET|POST|PUT|DELETE):@"([^"]*)"\]([.\w]*)')

type Row = tuple[str, str, bool]


def theirs() -> Iterator[Row]:
    """Method, path without names of its parts, and whether it is answered without a session."""
    for file in SOURCES.glob("*.m"):
        for method, path, rest in ROUTE.findall(file.read_text(encoding="utf-8")):
            if path != "/*":  # FBUnknownCommands.m: all the rest
                yield method, re.sub(r":\w+", "{}", path), ".withoutSession" in rest


def ours() -> Iterator[Row]:
    for mapped in ROUTES:
        path = re.sub(r"{\w+}", "{}", mapped.path)
        if mapped.in_session:
            yield mapped.method, path, False
        if mapped.bare:
            yield mapped.method, path, True


@pytest.mark.skipif(not SOURCES.is_dir(), reason="the Appium drivers are not installed")
def test_every_command_of_webdriveragent_is_answered_or_left_out_with_a_reason() -> None:
    known = set(ours())
    missing = {row for row in theirs() if row not in known}

    assert {(method, path) for method, path, _ in missing} == set(LEFT_OUT)
    assert all(LEFT_OUT.values())


@pytest.mark.skipif(not SOURCES.is_dir(), reason="the Appium drivers are not installed")
def test_nothing_is_answered_that_webdriveragent_does_not_know() -> None:
    assert set(ours()) - set(theirs()) == {(mapped.method, mapped.path, False) for mapped in SLASHED}
