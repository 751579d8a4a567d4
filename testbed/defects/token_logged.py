from testbed.defects.shared.after_sync import after_each_sync
from testbed.pocket.api import Api

CLAIM = "C15"
WHAT = "after each synchronisation the access token is written into the phone's log"


def apply() -> None:
    after_each_sync(act)


def act(api: Api) -> None:
    api.network.phone.log("D", "pocket", f"session {api.session.access_token}")
