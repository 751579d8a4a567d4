import secrets
from dataclasses import replace

from testbed.pocket import signin

CLAIM = "O5"
WHAT = "the state has 32 bits, few enough to guess"
ALSO = ("C37",)  # the rule of RFC 9700 that C37 stands on


def apply() -> None:
    honest = signin.attempt

    def attempt(super_id: str) -> signin.Attempt:
        return replace(honest(super_id), state=secrets.token_hex(4))

    signin.attempt = attempt
