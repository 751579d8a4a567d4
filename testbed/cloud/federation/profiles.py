"""The identity providers: what tells one from another."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from testbed.cloud import addresses

MICROSOFT, ADFS, GOOGLE, CUSTOM = "microsoft", "adfs", "google", "custom"
DIRECTORY = "6c1f0f55-2a0e-4a35-8d0c-2f6f8f3ab001"


@dataclass(frozen=True, slots=True)
class Controls:
    """Ids of the controls on the sign-in pages, as on the real ones (see docs/assumptions.md)."""

    email: str
    next: str
    password: str
    sign_in: str
    code: str
    verify: str


@dataclass(frozen=True, slots=True)
class Profile:
    """`delegates` names the provider that checks passwords in this one's place, by e-mail domain.

    `web_views` False: browsers embedded into apps are turned away.
    """

    name: str
    title: str
    host: str
    issuer: str
    discovery: str
    authorize: str
    token: str
    keys: str
    controls: Controls
    web_views: bool = True
    delegates: Mapping[str, str] = field(default_factory=dict)

    def url(self, path: str) -> str:
        return f"https://{self.host}{path}"


PROFILES = {
    profile.name: profile
    for profile in (
        # paths and the v2.0 issuer as login.microsoftonline.com has them, the tenant by its id
        Profile(
            MICROSOFT,
            "Sign in to your account",
            addresses.MICROSOFT,
            f"https://{addresses.MICROSOFT}/{DIRECTORY}/v2.0",
            f"/{DIRECTORY}/v2.0/.well-known/openid-configuration",
            f"/{DIRECTORY}/oauth2/v2.0/authorize",
            f"/{DIRECTORY}/oauth2/v2.0/token",
            f"/{DIRECTORY}/discovery/v2.0/keys",
            Controls("i0116", "idSIButton9", "i0118", "idSIButton9", "idTxtBx_SAOTCC_OTC", "idSubmit_SAOTCC_Continue"),
            delegates={"solberg.test": ADFS},
        ),
        # AD FS 2016 and later speak OpenID Connect under /adfs
        Profile(
            ADFS,
            "Sign in with your organizational account",
            addresses.ADFS,
            f"https://{addresses.ADFS}/adfs",
            "/adfs/.well-known/openid-configuration",
            "/adfs/oauth2/authorize",
            "/adfs/oauth2/token",
            "/adfs/discovery/keys",
            Controls(
                "userNameInput", "nextButton", "passwordInput", "submitButton", "verificationCodeInput", "signInButton"
            ),
        ),
        Profile(
            GOOGLE,
            "Sign in - Google Accounts",
            addresses.GOOGLE,
            f"https://{addresses.GOOGLE}",
            "/.well-known/openid-configuration",
            "/o/oauth2/v2/auth",
            "/o/oauth2/token",
            "/oauth2/v3/certs",
            Controls("identifierId", "identifierNext", "password", "passwordNext", "totpPin", "totpNext"),
            web_views=False,
        ),
    )
}
# who signs in where on the first day: e-mail domain and provider
DOMAINS = {"solberg.test": MICROSOFT, "havn.test": GOOGLE, "lyngen.test": CUSTOM}
PARTNERS = (MICROSOFT, GOOGLE, CUSTOM)


def home_of(email: str, provider: str | None) -> str | None:
    """Which provider checks the password of somebody whom `provider` signs in; None where none of ours does."""
    profile = PROFILES.get(provider or "")
    return profile.delegates.get(domain_of(email), profile.name) if profile else None


def domain_of(email: str) -> str:
    return email.rpartition("@")[2].lower()
