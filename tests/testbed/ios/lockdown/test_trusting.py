"""A phone with a screen asks whether the computer on its cable is to be trusted, and a finger answers."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.testbed.ios.iphone_rig import Wda, iphone, until
from tests.testbed.ios.lockdown.test_lockdownd import new_record_for, public
from tests.testbed.ios.mux_rig import usbmuxd


@pytest.mark.parametrize(("button", "answer"), [("Trust", None), ("Don’t Trust", "UserDeniedPairing")])  # noqa: RUF001 -- Apple's apostrophe
def test_the_dialog_decides_what_becomes_of_a_computer_that_pairs(
    tmp_path: Path, button: str, answer: str | None
) -> None:
    with ExitStack() as stack:
        muxd = stack.enter_context(usbmuxd())
        phone = stack.enter_context(iphone(muxd, tmp_path / "phone", None, "--trust", "asked"))
        wda, raw = stack.enter_context(Wda(phone)), stack.enter_context(muxd.lockdown(phone.udid))
        record = {**public(new_record_for(raw, tmp_path / "guest"))}
        asked = raw.request("Pair", PairRecord=record)
        until(lambda: wda.answer("GET", "/alert/text").status_code == 200, "the dialog")
        words, buttons = wda.get("/alert/text"), wda.get("/wda/alert/buttons")
        still = raw.request("Pair", PairRecord=record)
        wda.post("/alert/accept", name=button)
        until(lambda: wda.answer("GET", "/alert/text").status_code != 200, "no dialog")
        given = raw.request("Pair", PairRecord=record)

    assert asked["Error"] == still["Error"] == "PairingDialogResponsePending"
    assert words.splitlines()[0] == "Trust This Computer?"
    assert buttons == ["Trust", "Don’t Trust"]  # noqa: RUF001 -- Apple's apostrophe
    assert given.get("Error") == answer
    assert ("EscrowBag" in given) is (answer is None)
