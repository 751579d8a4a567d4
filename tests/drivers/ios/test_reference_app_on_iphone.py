"""The same app on an iPhone: where links lead, and what is asked about first, through the real driver."""

from collections.abc import Iterator

import pytest

from drivers.controls import Control
from drivers.ios.phone import IosPhone
from drivers.tenant import Tenant
from scenarios.screens import Detail, Diary, Menu, Notice
from scenarios.sign_in import sign_in
from tests.drivers.links import ASKED, HOMES, HOSTILE, NO, RECORDS, until


@pytest.fixture
def ada_in(phone: IosPhone, tenant: Tenant) -> Iterator[IosPhone]:
    tenant.reset()
    phone.forget_everything()
    phone.launch()
    sign_in(phone, tenant.account("ada"))
    yield phone
    phone.forget_everything()


def test_links_and_callers_on_an_iphone(ada_in: IosPhone) -> None:
    (record, marker), (home, screen) = next(iter(RECORDS.items())), next(iter(HOMES.items()))
    ada_in.open_link(record)
    until(lambda: marker in ada_in.text_of(Detail.TITLE), record)
    ada_in.open_link(home)
    ada_in.wait_for(screen)
    ada_in.open_link("superoffice://imagehome")
    ada_in.wait_for(Control("images"))
    for link in HOSTILE[:1] + HOSTILE[-1:]:
        ada_in.tap(Control("back")) if ada_in.sees(Control("back")) else ada_in.tap(Menu.DIARY)
        ada_in.open_link(link)
        ada_in.wait_for(Notice.TEXT)
        ada_in.tap(Notice.OK)
    ada_in.open_link("superoffice:appointment?appointment_id=1&reject")
    ada_in.wait_for(ASKED)
    ada_in.tap(NO)
    ada_in.open_link("superoffice:diaryhome.week")
    ada_in.wait_for(Diary.TITLE)

    ada_in.tap(Menu.SETTINGS)
    ada_in.tap(Control("caller_id"))
    ada_in.tap(Control("caller_id_on"))
    until(lambda: not ada_in.text_of(Control("callers")).startswith("0 "), "numbers")
    assert ada_in.is_app_in_front()
