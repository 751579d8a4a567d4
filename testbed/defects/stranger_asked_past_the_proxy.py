from testbed.defects.shared import past_the_proxy
from testbed.defects.shared.after_sync import after_each_sync
from testbed.pocket.api import Api

CLAIM = "O13"
WHAT = "after each synchronisation the app looks for a tracker, past the phone's proxy"

TRACKER = "tracker.example"


def apply() -> None:
    after_each_sync(act)


def act(_: Api) -> None:
    past_the_proxy.ask(f"https://{TRACKER}/hello")
