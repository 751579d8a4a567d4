from testbed.defects.shared.after_sync import after_each_sync
from testbed.pocket.api import Api

CLAIM = "O13"
WHAT = "after each synchronisation the refresh token goes to the crash sink, in a header and in a body"
ALSO = ("C24",)  # a token is neither crash nor diagnostics data

SINK = "https://crash.superoffice.test/report"


def apply() -> None:
    after_each_sync(act)


def act(api: Api) -> None:
    token = api.session.refresh_token
    api.network.send("POST", SINK, headers={"X-Session": token}, data={"session": token})
