"""Where each kind of secret belongs at SuperOffice: its sign-in service, its token endpoint, its tenants' Web API."""

from collections.abc import Iterable, Mapping

from traffic.secrets import Allowed, Secret, Secrets, Side

_TOKENS = "/login/common/oauth/tokens"


def places_at(domain: str) -> dict[str, tuple[Allowed, ...]]:
    """By kind of secret (RFC 6749 §4.1.3, §5.1 and §6; RFC 6750 §2.1; RFC 9700 §2.3).

    Numbered hosts carry data and `online` only sign-in (the vendor's online/api.mdx); `id` is the page that people see.
    """
    sign_in, tokens, api = f"id.{domain}", f"online.{domain}", f"online[0-9]*.{domain}"
    at_token_endpoint = Allowed(tokens, "body", _TOKENS)
    from_token_endpoint = Allowed(tokens, "body", _TOKENS, Side.SERVER)
    redirect = tuple(Allowed(host, "header:location", side=Side.SERVER) for host in (sign_in, tokens))
    return {
        "password": (Allowed(sign_in, "body", side=Side.APP),),
        "access_token": (Allowed(api, "header:authorization"), from_token_endpoint),
        "refresh_token": (at_token_endpoint,),
        "id_token": (from_token_endpoint, Allowed(sign_in, "url", "/logout")),
        "authorization_code": (Allowed(tokens, "body", _TOKENS, Side.APP), *redirect),
        "code_verifier": (Allowed(tokens, "body", _TOKENS, Side.APP),),
        "session_cookie": tuple(Allowed(host, "cookie") for host in (sign_in, tokens)),
    }


def secrets_of(rows: Iterable[Mapping[str, object]], domain: str) -> Secrets:
    """From what the tenant's admin API lists as `{"kind", "value", …}`; a kind that is not known belongs nowhere."""
    places = places_at(domain)
    return Secrets(Secret(str(r["kind"]), str(r["value"]), places.get(str(r["kind"]), ())) for r in rows)
