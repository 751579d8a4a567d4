"""id_tokens and the key they are signed with."""

import os
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import RSAKey

from testbed.cloud.addresses import Addresses
from testbed.cloud.clock import Clock
from testbed.cloud.known_secrets import Kind, KnownSecrets
from testbed.cloud.people import PEOPLE, TENANTS
from testbed.cloud.superid.grants import Grant

KEY_FILE = "id-token.key"
ALGORITHM = "RS256"
NAMESPACE = "http://schemes.superoffice.net/identity/"
# as in the vendor's sample: validate-security-tokens.mdx
LIFETIME_SECONDS, CLOCK_SKEW_SECONDS = 300, 60


class Signer:
    """Makes id_tokens (OpenID Connect Core 1.0 section 2) with the vendor's additional claims."""

    def __init__(self, key: RSAKey, addresses: Addresses, clock: Clock, known: KnownSecrets) -> None:
        self._key = key
        self._addresses = addresses
        self._clock = clock
        self._known = known

    def public_keys(self) -> dict[str, object]:
        """The JWK set (RFC 7517)."""
        return {"keys": [{**self._key.as_dict(private=False), "use": "sig", "alg": ALGORITHM}]}

    def id_token(self, grant: Grant, nonce: str | None) -> str:
        now = int(self._clock.now())
        claims = {
            "sub": grant.email,
            "iss": self._addresses.issuer,
            "aud": grant.client_id,
            "iat": now,
            "nbf": now - CLOCK_SKEW_SECONDS,
            "exp": now + LIFETIME_SECONDS,
            **({"nonce": nonce} if nonce is not None else {}),
            **{NAMESPACE + name: value for name, value in self._identity(grant).items()},
        }
        header = {"alg": ALGORITHM, "kid": self._key.kid}
        token = jwt.encode(header, claims, self._key, algorithms=[ALGORITHM])
        self._known.add(Kind.ID_TOKEN, token, grant.email, grant.tenant)
        return token

    def _identity(self, grant: Grant) -> dict[str, str]:
        person = PEOPLE[grant.email]
        membership = person.membership(grant.tenant)
        if membership is None:
            raise LookupError(f"{grant.email} is no member of {grant.tenant}")
        return {
            "associateid": str(membership.associate_id),
            "identityprovider": "superid",
            "email": person.email,
            "upn": person.email,
            "so_primary_email_address": person.email,
            "ctx": grant.tenant,
            "company_name": TENANTS[grant.tenant].company,
            "is_administrator": str(membership.administrator),
            "serial": TENANTS[grant.tenant].number,
            "initials": "".join(word[0] for word in person.name.split()),
            "netserver_url": f"{self._addresses.tenant(grant.tenant)}/Remote/Services88/",
            "webapi_url": self._addresses.web_api(grant.tenant),
        }


def signing_key(home: Path) -> RSAKey:
    """The home's RSA key, made when first asked for and readable by its owner alone."""
    path = home / KEY_FILE
    if not path.exists():
        key = RSAKey.generate_key(2048)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(key.as_pem(private=True))
    key = RSAKey.import_key(path.read_bytes())
    key.ensure_kid()
    return key
