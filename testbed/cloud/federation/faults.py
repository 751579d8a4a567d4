"""What can go wrong between a relying party and its provider."""


class FederationError(Exception):
    """The provider's answer is none, or none that may be believed; the text says which, and nothing of its content."""


class RetractedError(Exception):
    """The provider no longer vouches for the user."""
