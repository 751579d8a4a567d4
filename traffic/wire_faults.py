"""What the recorder can do wrong on demand, by the names that its control API uses."""

from enum import StrEnum


class WireFault(StrEnum):
    """Each must make an app give up (MASTG-TEST-0218, 0236, 0282 to 0286; RFC 5280 §6, RFC 8996, RFC 9525 §6).

    The certificates are right in all but the one respect, so that who refuses one has checked that very thing.
    """

    SELF_SIGNED = "self_signed"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    WRONG_HOST = "wrong_host"
    UNKNOWN_CA = "unknown_ca"
    NAME_CONSTRAINED = "name_constrained"
    """Issued by an authority that may speak for another domain only (RFC 5280 §4.2.1.10)."""
    LEAF_AS_CA = "leaf_as_ca"
    """Issued with an ordinary server's certificate (RFC 5280 §4.2.1.9)."""
    SHA1 = "sha1"
    RSA_1024 = "rsa_1024"
    OLD_TLS = "old_tls"
    """A good certificate, but TLS 1.0 and 1.1 only (RFC 8996)."""
    SWAPPED = "swapped"
    """Good until one request was answered; from the next connection on a stranger's certificate for the same host."""
    HTTP_DOWNGRADE = "http_downgrade"
    """A redirect of the same address to http, over a good connection."""
    FORGED_ID_TOKEN = "forged_id_token"  # noqa: S105 -- the name of a fault
    """A token response whose id_token names somebody else, under the old signature (OIDC Core 3.1.3.7, 6)."""
    UNSIGNED_ID_TOKEN = "unsigned_id_token"  # noqa: S105 -- as above
    """As above, and its header says `alg: none`."""


CERTIFICATES = (
    WireFault.SELF_SIGNED,
    WireFault.EXPIRED,
    WireFault.NOT_YET_VALID,
    WireFault.WRONG_HOST,
    WireFault.UNKNOWN_CA,
    WireFault.NAME_CONSTRAINED,
    WireFault.LEAF_AS_CA,
    WireFault.SHA1,
    WireFault.RSA_1024,
)
"""Wrong from the first handshake on."""

TLS = (*CERTIFICATES, WireFault.OLD_TLS, WireFault.SWAPPED)
"""All that a handshake shows; the others are wrong answers over good connections."""

ANSWERS = (WireFault.HTTP_DOWNGRADE, WireFault.FORGED_ID_TOKEN, WireFault.UNSIGNED_ID_TOKEN)
