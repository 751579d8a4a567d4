import time
from typing import Any

import pytest

from drivers.android.phone import AndroidPhone, Locator, capabilities_for
from drivers.app_file import AppFile
from drivers.controls import Control, on_page
from drivers.session import Session
from faults import ControlNotFound, PhoneLost
from gate.programs import free_port
from scenarios.screens import Diary, Start, SuperId
from scenarios.sign_in import open_sign_in

LOCATOR = Locator("test.superoffice.pocket", "com.android.browser")
NOWHERE = Control("nowhere")


@pytest.fixture
def sign_in_page(phone: AndroidPhone) -> AndroidPhone:
    """The first page of the central sign-in; opened anew only where the last test has left it."""
    if not phone.sees(SuperId.EMAIL):
        phone.forget_everything()
        phone.launch()
        open_sign_in(phone)
    return phone


def test_a_control_is_tapped_as_soon_as_it_is_there(fresh: AndroidPhone) -> None:
    fresh.launch_cold()

    fresh.tap(Start.LOG_IN)

    assert fresh.appears(SuperId.EMAIL)


def test_a_field_holds_what_was_entered_last_and_nothing_else(sign_in_page: AndroidPhone) -> None:
    sign_in_page.enter(SuperId.EMAIL, "somebody.else@nordlys.test")

    sign_in_page.enter(SuperId.EMAIL, "åse+crm@nordlys.test")

    assert sign_in_page.text_of(SuperId.EMAIL) == "åse+crm@nordlys.test"


def test_a_page_is_told_from_the_app_and_the_browser_around_it(sign_in_page: AndroidPhone) -> None:
    seen = [sign_in_page.sees(one) for one in (SuperId.EMAIL, Control("email"), SuperId.HOST, on_page("url_bar"))]

    assert seen == [True, False, True, False]
    assert sign_in_page.text_of(SuperId.HOST) == "id.superoffice.test"


def test_the_texts_of_what_is_not_there_are_none(sign_in_page: AndroidPhone) -> None:
    assert sign_in_page.texts_of(NOWHERE) == ()
    assert sign_in_page.texts_of(SuperId.NEXT) == ("Next",)


def test_only_the_password_page_asks_for_a_password(fresh: AndroidPhone) -> None:
    open_sign_in(fresh)
    before = fresh.asks_for_password()
    fresh.enter(SuperId.EMAIL, "ada@nordlys.test")
    fresh.tap(SuperId.NEXT)

    fresh.enter(SuperId.PASSWORD, "not the right one")

    assert (before, fresh.asks_for_password()) == (False, True)
    assert "not the right one" not in fresh.screen_source()


def test_the_first_control_to_appear_is_returned(sign_in_page: AndroidPhone) -> None:
    assert sign_in_page.wait_for(Diary.TITLE, SuperId.EMAIL) == SuperId.EMAIL


def test_what_does_not_appear_is_named_with_phone_limit_and_screen(sign_in_page: AndroidPhone) -> None:
    began = time.monotonic()

    with pytest.raises(
        ControlNotFound,
        match=r"^virtual-android: app control 'diary' nor app control 'nowhere' did not appear within 0\.3 s; "
        r"the screen shows: .*Log in to SuperOffice CRM Online",
    ):
        sign_in_page.wait_for(Diary.TITLE, NOWHERE, seconds=0.3)

    assert 0.3 <= time.monotonic() - began < 5


@pytest.mark.parametrize("verb", ["tap", "enter", "text_of"])
def test_what_cannot_be_used_is_named_with_phone_limit_and_screen(sign_in_page: AndroidPhone, verb: str) -> None:
    words = ("text",) if verb == "enter" else ()

    with pytest.raises(
        ControlNotFound,
        match=r"^virtual-android: app control 'nowhere' did not appear within 0\.2 s; the screen shows: .*Log in",
    ):
        getattr(sign_in_page.session, verb)(NOWHERE, *words, seconds=0.2)


def test_appearing_is_a_question_and_no_error(sign_in_page: AndroidPhone) -> None:
    answers = [sign_in_page.appears(control, seconds=0.2) for control in (SuperId.EMAIL, NOWHERE)]

    assert answers == [True, False]


def test_what_stays_is_named_and_what_is_gone_is_not_waited_for(sign_in_page: AndroidPhone) -> None:
    sign_in_page.wait_gone(NOWHERE, seconds=0)

    with pytest.raises(
        ControlNotFound, match=r"^virtual-android: page control 'email' was still there after 0\.2 s; the screen shows:"
    ):
        sign_in_page.wait_gone(SuperId.EMAIL, seconds=0.2)


def test_going_back_leaves_the_browser(fresh: AndroidPhone) -> None:
    open_sign_in(fresh)

    fresh.go_back()

    assert fresh.wait_for(Start.LOG_IN) == Start.LOG_IN


def test_a_screenshot_is_a_picture(sign_in_page: AndroidPhone) -> None:
    assert sign_in_page.screenshot().startswith(b"\x89PNG\r\n\x1a\n")


def test_a_phone_that_appium_does_not_find_is_lost(lab: dict[str, Any], app: AppFile) -> None:
    capabilities = capabilities_for("emulator-1", lab["adb"]["server_port"], app)

    with pytest.raises(PhoneLost, match=r"^my-phone: Appium could not open a session: .*emulator-1"):
        Session("my-phone", lab["appium"], capabilities, LOCATOR)


def test_an_appium_that_is_gone_loses_the_phone(app: AppFile) -> None:
    with pytest.raises(PhoneLost, match=r"^my-phone: Appium could not open a session: "):
        Session("my-phone", f"http://127.0.0.1:{free_port()}", capabilities_for("emulator-1", 1, app), LOCATOR)


def test_a_session_that_was_closed_is_a_lost_phone(lab: dict[str, Any], app: AppFile) -> None:
    serial = lab["lanes"][1]["phone"]["serial"]
    session = Session("second", lab["appium"], capabilities_for(serial, lab["adb"]["server_port"], app), LOCATOR)
    session.close()

    with pytest.raises(PhoneLost, match=r"^second: Appium could not look for app control 'log_in': "):
        session.sees(Start.LOG_IN)
