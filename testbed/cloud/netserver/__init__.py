"""The NetServer Web API of a tenant: the part of it that a mobile client uses."""
