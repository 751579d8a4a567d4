from dataclasses import replace

from testbed.pocket import signin

CLAIM = "O4"
WHAT = "each sign-in has the same PKCE verifier, so whoever saw one can redeem the next code"
ALSO = ("C37",)  # the rule of RFC 7636 that C37 stands on

ALWAYS = "pocket-verifier-0123456789-pocket-verifier-0123456789"


def apply() -> None:
    honest = signin.attempt

    def attempt(super_id: str) -> signin.Attempt:
        return replace(honest(super_id), verifier=ALWAYS)

    signin.attempt = attempt
