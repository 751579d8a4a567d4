from contextlib import suppress

from testbed.pocket import signin
from testbed.pocket.network import Network
from testbed.pocket.tokens import Session
from testbed.pocket.trouble import Trouble

CLAIM = "O7"
WHAT = "the code is first offered with another redirect address than it was asked for"
ALSO = ("O10",)  # so it is sent twice


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
            network.send(
                "POST",
                f"{of.super_id}/login/common/oauth/tokens",
                data=form | {"redirect_uri": "http://127.0.0.1/signed-in"},
            )
        return honest(network, of, with_code, now)

    signin.redeem = redeem
