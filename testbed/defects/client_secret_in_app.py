from testbed.defects.shared.after_sync import after_each_sync
from testbed.pocket import signin
from testbed.pocket.api import Api

CLAIM = "O8"
WHAT = "after each synchronisation the app renews its token with a secret that is built into it"
ALSO = ("C37",)  # the rule of RFC 8252 that C37 stands on

TOKENS = "https://online.superoffice.test/login/common/oauth/tokens"
BUILT_IN = "pocket-built-in-and-readable-by-all"


def apply() -> None:
    after_each_sync(act)


def act(api: Api) -> None:
    form = {"grant_type": "refresh_token", "client_id": signin.CLIENT, "client_secret": BUILT_IN}
    api.network.send("POST", TOKENS, data=form | {"refresh_token": api.session.refresh_token})
