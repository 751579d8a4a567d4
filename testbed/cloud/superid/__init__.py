"""SuperID: who somebody is, and the tokens that say so (OpenID Connect Core 1.0, RFC 6749, RFC 7636, RFC 8252)."""
