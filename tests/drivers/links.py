"""Links into the reference app, what they lead to, and waiting for it."""

import time
from collections.abc import Callable

import pytest

from drivers.controls import Control
from scenarios.screens import Diary, Search

ASKED, NO = Control("confirm_text"), Control("confirm_no")
RECORDS = {
    "superoffice://contact?contact_id=1": "-contact-000001",
    "superoffice://person?person_id=1": "-person-000001",
    "superoffice://appointment?appointment_id=1": "-appointment-000001",
    "superoffice://sale?sale_id=1": "-sale-000001",
    "superoffice:project?project_id=1": "-project-000001",
}
HOMES = {
    "superoffice://contacthome.favorite": Control("contacts"),
    "superoffice://contacthome.search": Search.FIELD,
    "superoffice://projecthome.myopen": Control("projects"),
    "superoffice://salehome": Control("sales"),
    "superoffice://imagehome": Control("images"),
    "superoffice://invitations": Diary.TITLE,
    "superoffice://contacthome": Control("contacts"),
    "superoffice:diaryhome.week": Diary.TITLE,
}
HOSTILE = (
    "superoffice://diaryhome.year",
    "superoffice://diaryXxx?noscreen=1",
    "superoffice://person?person_id=1&call&callnumber=*21*93466021",
    "superoffice:appointment?appointment_id=24&accept&reject",
    "soprotocol://?crmOnline=true&superId=https://login.attacker.test",
    "soprotocol://?netserverUrl=https://crm.attacker.test/netserver/services88",
    "soprotocol://?crmOnline=true&crashSink=https://sink.attacker.test",
)


def until(true: Callable[[], bool], what: str, seconds: float = 20.0) -> None:
    """Screens change when the app has heard of a link, which no control of its own announces."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            pytest.fail(f"waited in vain for {what}")
        time.sleep(0.1)
