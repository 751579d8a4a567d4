from contextlib import suppress

from testbed.pocket import signin
from testbed.pocket.network import Network
from testbed.pocket.tokens import Session
from testbed.pocket.trouble import Trouble

CLAIM = "O10"
WHAT = "the code is first offered in the name of another application, then again"


def apply() -> None:
    honest = signin.redeem

    def redeem(network: Network, of: signin.Attempt, with_code: str, now: float) -> Session:
        form = {
            "grant_type": "authorization_code",
            "client_id": signin.CLIENT,
            "code": with_code,
            "redirect_uri": signin.REDIRECT,
            "code_verifier": of.verifier,
        }
        with suppress(Trouble):
            network.send("POST", f"{of.super_id}/login/common/oauth/tokens", data=form | {"client_id": "other-app"})
        return honest(network, of, with_code, now)

    signin.redeem = redeem
