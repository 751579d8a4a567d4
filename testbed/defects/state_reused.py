from dataclasses import replace

from testbed.pocket import signin

CLAIM = "C37"
WHAT = "each sign-in has the same state, however long, so anyone who saw one can forge the next redirect"
ALSO = ("O5",)  # the rule of RFC 9700 that C37 stands on

ALWAYS = "pocket-state-0123456789-pocket-state-012345"


def apply() -> None:
    honest = signin.attempt

    def attempt(super_id: str) -> signin.Attempt:
        return replace(honest(super_id), state=ALWAYS)

    signin.attempt = attempt
