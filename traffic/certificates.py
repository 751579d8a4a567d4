"""The bad certificates the recorder can serve, by the names that the control API uses."""

from enum import StrEnum


class CertificateFault(StrEnum):
    """Each must make an app give up the connection (MASTG-TEST-0282 to 0286; RFC 5280 §6, RFC 9525 §6)."""

    SELF_SIGNED = "self_signed"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    WRONG_HOST = "wrong_host"
    UNKNOWN_CA = "unknown_ca"
