"""Host names and the addresses made from them."""

from dataclasses import dataclass

ONLINE, SIGN_IN, API, SPARE_API = "online", "id", "online2", "online3"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses as a client sees them: port 443, whatever port the process listens on."""

    domain: str

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(f"{name}.{self.domain}" for name in (ONLINE, SIGN_IN, API, SPARE_API))

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

    def tenant(self, context: str) -> str:
        return f"https://{self.api}/{context}"

    def web_api(self, context: str) -> str:
        return f"{self.tenant(context)}/api/"
