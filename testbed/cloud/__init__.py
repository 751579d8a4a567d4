"""The reference cloud: sign-in service and tenant Web API, as one process that speaks TLS on one port.

__main__      options, and the cloud put together
servers       listeners, the ready line, the end
certificates  the test CA and the certificate of the hosts
hosts         which application answers for which host name
superid       OpenID Connect: discovery, authorize, tokens, the sign-in pages
netserver     the tenant's Web API: lists, entities, preferences, agents
admin         what a lab sets and reads: plain HTTP on the loopback, by token
evidence      what the public hosts saw
store         SQLite; holds hashes of passwords and tokens, never the secrets
seeding, people, rows    what a new home starts with
"""
