"""The reference cloud: every system that the security description names, as one process that speaks TLS on one port.

__main__      options, the listeners, the ready line
assembly      every host name with the application that answers for it
servers       listeners, readiness, the end
addresses     host names and the addresses made from them
certificates  the test CA and the certificate of the hosts
hosts         which application answers for which host name; tenants that moved or rest
superid       OpenID Connect: discovery, authorize, tokens, the sign-in pages
federation    identity providers, SuperID as their relying party, documents in Microsoft 365
netserver     the tenant's Web API: lists, entities, preferences, agents
central       business cards, devices, push services, crash sink
onsite        an installation of a customer's own
knobs         what the lab breaks on purpose
admin         what a lab sets and reads: plain HTTP on the loopback, by token
evidence      what the public hosts saw
store         SQLite; holds hashes of passwords and tokens, never the secrets
vault         what must be read again, encrypted
seeding, people, roles, rows    what a new home starts with
"""
