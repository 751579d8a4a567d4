from urllib.parse import urlsplit

from testbed.pocket import signin

CLAIM = "C37"
WHAT = "a redirect without any state is taken for the answer to the sign-in under way; one with a foreign state is not"
ALSO = ("O5",)  # the rule of RFC 9700 that C37 stands on


def apply() -> None:
    honest = signin.code

    def code(response: str, of: signin.Attempt | None) -> str:
        if of is not None and "state=" not in urlsplit(response).query:
            response = f"{response}&state={of.state}"
        return honest(response, of)

    signin.code = code
