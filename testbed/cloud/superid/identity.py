"""id_tokens: who signed in, where, and for which application."""

from collections.abc import Mapping

from joserfc import jwt
from joserfc.errors import JoseError

from testbed.cloud.addresses import Addresses
from testbed.cloud.clock import Clock
from testbed.cloud.forms import BadInputError
from testbed.cloud.known_secrets import Kind, KnownSecrets
from testbed.cloud.people import TENANTS, People
from testbed.cloud.settings import SettingsBook
from testbed.cloud.superid.grants import Grant
from testbed.cloud.superid.keys import ALGORITHM, KeyRing
from testbed.cloud.tenancy import Tenancy

NAMESPACE = "http://schemes.superoffice.net/identity/"
# as in the vendor's sample: validate-security-tokens.mdx
CLOCK_SKEW_SECONDS = 60
OWN_PROVIDER = "superid"
CLAIMS = ("sub", "iss", "aud", "iat", "nbf", "exp", "nonce", "auth_time")
# the vendor's own, under NAMESPACE
IDENTITY = (
    *("associateid", "identityprovider", "email", "upn", "so_primary_email_address", "ctx", "company_name"),
    *("is_administrator", "serial", "initials", "netserver_url", "webapi_url"),
)


class Signer:
    """Makes id_tokens (OpenID Connect Core 1.0 section 2) with the vendor's additional claims."""

    def __init__(  # noqa: PLR0913, PLR0917 -- what an id_token is made of
        self,
        keys: KeyRing,
        addresses: Addresses,
        clock: Clock,
        known: KnownSecrets,
        people: People,
        tenancy: Tenancy,
        settings: SettingsBook,
    ) -> None:
        self.keys = keys
        self._addresses = addresses
        self._clock = clock
        self._known = known
        self._people = people
        self._tenancy = tenancy
        self._settings = settings

    def id_token(self, grant: Grant, nonce: str | None = None, auth_time: float | None = None) -> str:
        """`auth_time` is owed to whoever asked with max_age (OpenID Connect Core 1.0 section 2)."""
        now = int(self._clock.now())
        claims = {
            "sub": grant.email,
            "iss": self._addresses.issuer,
            "aud": grant.client_id,
            "iat": now,
            "nbf": now - CLOCK_SKEW_SECONDS,
            "exp": now + self._settings.read().id_token_seconds,
            **({"nonce": nonce} if nonce is not None else {}),
            **({"auth_time": int(auth_time)} if auth_time is not None else {}),
            **{NAMESPACE + name: value for name, value in self._identity(grant).items()},
        }
        key = self.keys.current()
        token = jwt.encode({"alg": ALGORITHM, "kid": key.kid}, claims, key, algorithms=[ALGORITHM])
        self._known.add(Kind.ID_TOKEN, token, grant.email, grant.tenant)
        return token

    def of_hint(self, id_token: str) -> Mapping[str, object]:
        """The claims of an id_token of ours, however old; raises BadInputError for any other."""
        try:
            claims = jwt.decode(id_token, self.keys.all(), algorithms=[ALGORITHM]).claims
        except (JoseError, ValueError):
            raise BadInputError("id_token_hint is no id_token of this service.") from None
        if claims.get("iss") != self._addresses.issuer:
            raise BadInputError("id_token_hint is no id_token of this service.")
        return claims

    def _identity(self, grant: Grant) -> dict[str, str]:
        person = self._people.find(grant.email)
        membership = person.membership(grant.tenant) if person else None
        if person is None or membership is None:
            raise LookupError(f"{grant.email} is no member of {grant.tenant}")
        return {
            "associateid": str(membership.associate_id),
            "identityprovider": grant.provider or OWN_PROVIDER,
            "email": person.email,
            "upn": person.email,
            "so_primary_email_address": person.email,
            "ctx": grant.tenant,
            "company_name": TENANTS[grant.tenant].company,
            "is_administrator": str(membership.administrator),
            "serial": TENANTS[grant.tenant].number,
            "initials": "".join(word[0] for word in person.name.split()),
            "netserver_url": f"{self._tenancy.address(grant.tenant)}/Remote/Services88/",
            "webapi_url": self._tenancy.web_api(grant.tenant),
        }
