from testbed.defects.shared.after_sync import after_each_sync
from testbed.pocket import signin
from testbed.pocket.api import Api

CLAIM = "O12"
WHAT = "after each synchronisation the app tries to sign in with a password of its own (password grant)"
ALSO = ("C37",)  # no grant of the two that C37 allows

TOKENS = "https://online.superoffice.test/login/common/oauth/tokens"
MADE_UP = "pocket-made-up"


def apply() -> None:
    after_each_sync(act)


def act(api: Api) -> None:
    form = {"grant_type": "password", "client_id": signin.CLIENT, "username": "pocket", "password": MADE_UP}
    api.network.send("POST", TOKENS, data=form)
