from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from testbed.pocket import signin

CLAIM = "C37"
WHAT = "a redirect with a foreign state is taken for the answer to the sign-in under way"
ALSO = ("O5",)  # the rule of RFC 9700 that C37 stands on


def apply() -> None:
    honest = signin.code

    def code(response: str, of: signin.Attempt | None) -> str:
        given = parse_qs(urlsplit(response).query).get("state")
        return honest(response, replace(of, state=given[0]) if of and given else of)

    signin.code = code
