"""Signing in and out, as a person does."""

from drivers.controls import Control
from drivers.phone import Phone
from drivers.tenant import Account
from scenarios.screens import Dialog, Diary, Lists, Menu, Settings, Start, SuperId

SYNC_LIMIT = 60.0  # seconds for the first sync on a slow phone


def sign_in(phone: Phone, who: Account, tenant: str | None = None) -> None:
    """From the start screen through the system browser to the diary; `tenant` is picked where there are several."""
    open_sign_in(phone)
    pass_sign_in_pages(phone, who, tenant)


def open_sign_in(phone: Phone) -> None:
    """From the start screen to the first page of the central sign-in."""
    phone.tap(Start.LOG_IN)
    phone.wait_for(SuperId.EMAIL)


def pass_sign_in_pages(phone: Phone, who: Account, tenant: str | None = None) -> None:
    """Give e-mail and password, pick a tenant if asked, and wait for the diary with its rows."""
    give_credentials(phone, who)
    if len(who.tenants) > 1:
        phone.tap(SuperId.tenant(tenant or who.tenants[0]))
    arrive(phone)


def give_credentials(phone: Phone, who: Account) -> None:
    """E-mail and password on the pages of the central sign-in; where that leads is for others to see."""
    phone.enter(SuperId.EMAIL, who.email)
    phone.tap(SuperId.NEXT)
    phone.enter(SuperId.PASSWORD, who.password)
    phone.tap(SuperId.SIGN_IN)


def arrive(phone: Phone) -> None:
    """Wait until the diary shows rows."""
    phone.wait_for(Diary.TITLE, seconds=SYNC_LIMIT)
    phone.wait_for(Lists.ITEM, seconds=SYNC_LIMIT)


def sign_out(phone: Phone) -> None:
    """Settings, log out, yes."""
    choose_in_settings(phone, Settings.LOG_OUT)
    phone.wait_for(Start.LOG_IN)


def reset_login(phone: Phone) -> None:
    """Settings, reset login, yes: needed before another tenant can be chosen."""
    choose_in_settings(phone, Settings.RESET_LOGIN)
    phone.wait_for(Start.LOG_IN)


def refresh_all(phone: Phone) -> None:
    """Settings, refresh all data: the cache is cleared and filled anew."""
    phone.tap(Menu.SETTINGS)
    phone.tap(Settings.REFRESH_ALL)
    arrive(phone)


def choose_in_settings(phone: Phone, what: Control) -> None:
    """Settings, the control, yes."""
    phone.tap(Menu.SETTINGS)
    phone.tap(what)
    phone.tap(Dialog.YES)


def must_sign_in(phone: Phone) -> bool:
    """Whether the start screen comes up, also after a last look at what was there before."""
    return phone.appears(Start.LOG_IN)


def asks_to_sign_in(phone: Phone) -> bool:
    """Whether the start screen or the first page of the central sign-in is there, and not the diary."""
    return phone.wait_for(Start.LOG_IN, SuperId.EMAIL, Diary.TITLE) != Diary.TITLE


def stays_signed_in(phone: Phone) -> bool:
    """Whether the diary is there and no start screen takes its place within two seconds."""
    phone.wait_for(Diary.TITLE, Start.LOG_IN)
    return not phone.appears(Start.LOG_IN, seconds=2) and phone.sees(Diary.TITLE)
