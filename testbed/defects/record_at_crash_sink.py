from uuid import uuid4

from testbed.defects.shared.after_sync import after_each_sync
from testbed.pocket.api import Api
from testbed.pocket.configuration import APP_SECRET, CRASH_SINK

CLAIM = "O13"
WHAT = "after each synchronisation what the Web API says of a record goes to the crash sink, as an event"
ALSO = ("C24",)  # a record is neither crash nor diagnostics data


def apply() -> None:
    after_each_sync(act)


def act(api: Api) -> None:
    answer = api.network.send(
        "GET",
        f"{api.session.webapi_url}v1/Contact?$top=1",
        headers={"Authorization": f"Bearer {api.session.access_token}", "Accept": "application/json"},
    )
    event = {"type": "event", "timestamp": "2026-01-01T00:00:00Z", "device": {}, "name": answer.text}
    api.network.send(
        "POST",
        f"{CRASH_SINK}/logs?Api-Version=1.0.0",
        headers={"App-Secret": APP_SECRET, "Install-ID": str(uuid4())},
        json={"logs": [event]},
    )
