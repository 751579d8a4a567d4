import base64
import json
from collections.abc import Mapping

from testbed.pocket import signin
from testbed.pocket.network import Network

CLAIM = "O14"
WHAT = "the app believes any id_token, whoever signed it"


def apply() -> None:
    def verified(network: Network, of: signin.Attempt, id_token: str, now: float) -> Mapping[str, object]:  # noqa: ARG001 -- stands in for one that uses them
        payload = id_token.split(".")[1]
        claims: dict[str, object] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return claims

    signin.verified = verified
