"""What the lab sets and reads, on a listener of its own; the public hosts know nothing of it (docs/cloud.md).

application   the routes put together, behind the token
laboratory    reset, clock, secrets, markers, evidence, tenants
people        accounts, passwords, roles
superid       settings, clients, keys, tokens, consents
providers     identity providers by domain, second factors, retraction
services      faults, devices, messages, crash reports
"""
