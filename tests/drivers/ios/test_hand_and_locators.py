from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from drivers.app_file import read_app_file
from drivers.controls import Control, Where, on_page
from drivers.ios.hand import ControlledHand, PersonsHand
from drivers.ios.locators import locate
from drivers.ios.provision import channel_of
from drivers.ios.questions import About, question_of
from faults import BenchFault, CapabilityMissing, UsageError
from tests.testbed.ios.iphone_rig import toy_ipa

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_control_is_looked_for_where_it_can_be() -> None:
    assert locate(Control("log_in")) == ("-ios class chain", '**/*[`name == "log_in"`]')
    assert locate(on_page("email"))[1] == '**/XCUIElementTypeWebView/**/*[`name == "email"`]'
    assert locate(Control("url_bar", Where.BROWSER)) == ("accessibility id", "URL")
    assert locate(Control('a"`b'))[1] == '**/*[`name == "a\\"``b"`]'


@pytest.mark.parametrize(
    ("words", "about"),
    [
        ("“Mobile CRM” Wants to Use “superoffice.test” to Sign In\nThis allows …", About.SIGN_IN),
        ("“Mobile CRM” Would Like to Access the Camera", About.CAMERA),
        ("Open in “Mobile CRM”?", About.OPEN_APP),
        ("Software Update", None),
        ("Please wait: “A” Wants to Use “b” to Sign In", None),
    ],
)
def test_questions_are_known_by_their_words(words: str, about: About | None) -> None:
    found = question_of(words)

    assert (found.about if found else None) is about


def test_a_persons_phone_says_what_nobody_is_there_to_do() -> None:
    hand = PersonsHand("kitchen phone")
    deeds: tuple[Callable[[], None], ...] = (
        lambda: hand.airplane_mode(on=True),
        lambda: hand.set_clock(1.0),
        lambda: hand.show_to_camera(b""),
        hand.clear_website_data,
        hand.clear_keychain,
    )

    for deed in deeds:
        with pytest.raises(CapabilityMissing, match="kitchen phone: nobody is there to"):
            deed()
    hand.trust(Path("ca.pem"))
    hand.use_proxy(8080)
    hand.airplane_mode(on=False)
    hand.set_clock(None)


def test_a_phone_that_somebody_cleared_is_clear_for_one_check() -> None:
    hand = PersonsHand("kitchen phone", cleared=True)
    hand.clear_website_data()
    hand.clear_keychain()

    for again in (hand.clear_website_data, hand.clear_keychain):
        with pytest.raises(CapabilityMissing, match="clear it by hand, say cleared = true"):
            again()


@pytest.mark.parametrize(
    ("described", "channel"),
    [
        ({"platform": "android", "serial": "emulator-5554"}, None),
        ({"platform": "ios", "control": "http://127.0.0.1:1"}, "the virtual iPhone's control channel"),
        ({"platform": "ios", "simulator": True}, "xcrun simctl and networksetup"),
        ({"platform": "ios", "wda": "http://127.0.0.1:8100"}, "a person, before the run (docs/real-phones.md)"),
    ],
)
def test_the_report_hears_by_whose_hands_a_phone_is_changed(described: dict[str, str], channel: str | None) -> None:
    assert channel_of(described) == channel


def test_a_channel_that_does_not_answer_is_a_fault_of_the_bench() -> None:
    hand = ControlledHand("http://127.0.0.1:9", "token")

    with pytest.raises(BenchFault, match="does not answer"):
        hand.clear_keychain()


def test_an_ipa_says_what_it_is(tmp_path: Path) -> None:
    found = read_app_file(toy_ipa(tmp_path, "def main(phone): ..."))

    assert (found.platform, found.package, found.version) == ("ios", "test.superoffice.pocket", "1.0")
    assert found.debuggable, "signed for development"


def test_what_is_no_ipa_is_refused(tmp_path: Path) -> None:
    (tmp_path / "not.ipa").write_text("nothing")

    with pytest.raises(UsageError, match="not an app file"):
        read_app_file(tmp_path / "not.ipa")
