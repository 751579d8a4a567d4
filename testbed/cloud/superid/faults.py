"""What an authorization server refuses, in the words of the RFCs."""

from enum import StrEnum
from http import HTTPStatus


class Refusal(StrEnum):
    """RFC 6749 sections 4.1.2.1 and 5.2; OpenID Connect Core 1.0 section 3.1.2.6."""

    INVALID_REQUEST = "invalid_request"
    INVALID_CLIENT = "invalid_client"
    INVALID_GRANT = "invalid_grant"
    INVALID_SCOPE = "invalid_scope"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"
    UNSUPPORTED_RESPONSE_TYPE = "unsupported_response_type"
    ACCESS_DENIED = "access_denied"
    LOGIN_REQUIRED = "login_required"
    INTERACTION_REQUIRED = "interaction_required"
    CONSENT_REQUIRED = "consent_required"
    REQUEST_NOT_SUPPORTED = "request_not_supported"
    REQUEST_URI_NOT_SUPPORTED = "request_uri_not_supported"
    TEMPORARILY_UNAVAILABLE = "temporarily_unavailable"


class RefusedError(Exception):
    """A request that gets no code and no token; `description` is for developers and holds nothing of the request."""

    def __init__(self, refusal: Refusal, description: str) -> None:
        super().__init__(f"{refusal}: {description}")
        self.refusal = refusal
        self.description = description

    @property
    def status(self) -> HTTPStatus:
        """At the token endpoint (RFC 6749 section 5.2)."""
        match self.refusal:
            case Refusal.INVALID_CLIENT:
                return HTTPStatus.UNAUTHORIZED
            case Refusal.TEMPORARILY_UNAVAILABLE:
                return HTTPStatus.SERVICE_UNAVAILABLE
        return HTTPStatus.BAD_REQUEST


class NoRedirectError(Exception):
    """The client or its redirect URI is not known, so the browser must not be sent there (RFC 6749 section 4.1.2.1)."""
