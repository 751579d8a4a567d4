import pytest

from drivers.tenant import Account
from faults import ControlNotFound
from scenarios.screens import Dialog, Diary, Lists, Menu, Settings, Start, SuperId
from scenarios.sign_in import must_sign_in, refresh_all, reset_login, sign_in, sign_out, stays_signed_in
from tests.scenarios.paper_phone import PaperPhone, showing

ADA = Account("Ada", "ada@nordlys.test", "a password", ("Cust10001",))
DOT = Account("Dot", "dot@partner.test", "her password", ("Cust10001", "Cust20002"))
PAGES = (Start.LOG_IN, SuperId.EMAIL, SuperId.NEXT, SuperId.PASSWORD, SuperId.SIGN_IN)
ARRIVED = (Diary.TITLE, Lists.ITEM)
PICKER = (SuperId.tenant("Cust10001"), SuperId.tenant("Cust20002"))
SETTINGS = (Menu.SETTINGS, Settings.LOG_OUT, Settings.RESET_LOGIN, Settings.REFRESH_ALL, Dialog.YES)


def test_signing_in_goes_through_both_pages_to_the_diary() -> None:
    phone = showing(*PAGES, *ARRIVED)

    sign_in(phone, ADA)

    assert phone.done == [
        ("tap", "log_in"),
        ("enter", "email", ADA.email),
        ("tap", "next"),
        ("enter", "password", ADA.password),
        ("tap", "sign_in"),
    ]


@pytest.mark.parametrize(
    ("wanted", "picked"),
    [(None, "tenant_Cust10001"), ("Cust20002", "tenant_Cust20002"), ("Cust10001", "tenant_Cust10001")],
)
def test_who_has_several_tenants_picks_one(wanted: str | None, picked: str) -> None:
    phone = showing(*PAGES, *PICKER, *ARRIVED)

    sign_in(phone, DOT, wanted)

    assert phone.tapped[-1] == picked


@pytest.mark.parametrize("missing", [*PAGES, *ARRIVED])
def test_a_sign_in_that_is_not_finished_says_what_was_not_there(missing: object) -> None:
    phone = showing(*(one for one in (*PAGES, *ARRIVED) if one != missing))

    with pytest.raises(ControlNotFound, match=f"{missing}"):
        sign_in(phone, ADA)


@pytest.mark.parametrize(
    ("scenario", "tapped"),
    [
        (sign_out, ["menu_settings", "log_out", "confirm_yes"]),
        (reset_login, ["menu_settings", "reset_login", "confirm_yes"]),
        (refresh_all, ["menu_settings", "refresh_all"]),
    ],
)
def test_what_the_settings_offer_is_chosen_and_confirmed(scenario: object, tapped: list[str]) -> None:
    phone = showing(*SETTINGS, *ARRIVED, Start.LOG_IN)

    scenario(phone)

    assert phone.tapped == tapped


@pytest.mark.parametrize("scenario", [sign_out, reset_login])
def test_signing_out_is_done_only_at_the_start_screen(scenario: object) -> None:
    with pytest.raises(ControlNotFound, match="log_in"):
        scenario(showing(*SETTINGS, *ARRIVED))


@pytest.mark.parametrize(
    ("phone", "must", "stays"),
    [
        (showing(Diary.TITLE), False, True),
        (showing(Start.LOG_IN), True, False),
        (showing(Diary.TITLE, Start.LOG_IN), True, False),
    ],
    ids=["the diary", "the start screen", "the diary, and then the start screen"],
)
def test_the_screen_tells_whether_somebody_is_signed_in(phone: PaperPhone, *, must: bool, stays: bool) -> None:
    assert (must_sign_in(phone), stays_signed_in(phone)) == (must, stays)


def test_a_screen_that_is_neither_is_no_answer() -> None:
    with pytest.raises(ControlNotFound, match=r"'diary' nor .*'log_in'"):
        stays_signed_in(showing(SuperId.EMAIL))
