from testbed.defects.shared.after_sync import after_each_sync
from testbed.pocket.api import Api

CLAIM = "C34"
WHAT = "after each synchronisation the access token goes to a statistics service, which could use it"
ALSO = ("O13",)  # the same fault, as the rule for every kind of token sees it

SERVICE = "https://statistics.superoffice.test/session"


def apply() -> None:
    after_each_sync(act)


def act(api: Api) -> None:
    api.network.send("POST", SERVICE, headers={"Authorization": f"Bearer {api.session.access_token}"})
