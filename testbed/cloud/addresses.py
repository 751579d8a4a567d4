"""Host names and the addresses made from them."""

from dataclasses import dataclass

ONLINE, SIGN_IN, API, SPARE_API, CENTRAL = "online", "id", "online2", "online3", "central"

# other parties' hosts have names of their own, whatever the vendor's domain
MICROSOFT, ADFS, GOOGLE, CUSTOM = (
    "login.microsoft.test",
    "sts.solberg.test",
    "accounts.google.test",
    "login.lyngen.test",
)
SHAREPOINT = "solberg.sharepoint.test"
CRASH_SINK = "in.appcenter.test"
APPLE_PUSH, GOOGLE_PUSH = "courier.push.apple.test", "mtalk.google.test"
ONSITE = "crm.onsite.test"
REVOCATION_LIST = "pki.pocketgate.test"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses as a client sees them: port 443, whatever port the process listens on."""

    domain: str
    crash_sink: str = CRASH_SINK

    @property
    def hosts(self) -> tuple[str, ...]:
        return (*self.vendor, *self.others)

    @property
    def vendor(self) -> tuple[str, ...]:
        """Hosts under the vendor's domain."""
        return tuple(f"{name}.{self.domain}" for name in (ONLINE, SIGN_IN, API, SPARE_API, CENTRAL))

    @property
    def others(self) -> tuple[str, ...]:
        providers = (MICROSOFT, ADFS, GOOGLE, CUSTOM, SHAREPOINT)
        return (*providers, self.crash_sink, APPLE_PUSH, GOOGLE_PUSH, ONSITE, REVOCATION_LIST)

    @property
    def services(self) -> dict[str, str]:
        """Which host serves what, for those who configure an app or a capture."""
        return {
            "superid": self.online,
            "sign_in": self.sign_in,
            "web_api": self.api,
            "spare_web_api": self.spare_api,
            "central": self.central,
            "crash_sink": self.crash_sink,
            "push_apple": APPLE_PUSH,
            "push_google": GOOGLE_PUSH,
            "idp_microsoft": MICROSOFT,
            "idp_adfs": ADFS,
            "idp_google": GOOGLE,
            "idp_custom": CUSTOM,
            "sharepoint": SHAREPOINT,
            "onsite": ONSITE,
        }

    @property
    def online(self) -> str:
        return f"{ONLINE}.{self.domain}"

    @property
    def sign_in(self) -> str:
        return f"{SIGN_IN}.{self.domain}"

    @property
    def api(self) -> str:
        return f"{API}.{self.domain}"

    @property
    def spare_api(self) -> str:
        """A numbered host that serves no tenant: what is asked of it is misdirected."""
        return f"{SPARE_API}.{self.domain}"

    @property
    def issuer(self) -> str:
        """The issuer has no /login, unlike the place of its discovery document."""
        return f"https://{self.online}"

    @property
    def central(self) -> str:
        """Central Services; the vendor's real name for it is not known."""
        return f"{CENTRAL}.{self.domain}"
