"""What the lab breaks on purpose, per host and path.

rules         what can be ordered, and the orders in force
disturbance   orders that show in HTTP: latency, loss, statuses, odd replies
handshake     orders that show in TLS: versions and certificates, chosen by the name the client asks for
forgeries     certificates with one fault each
revocation    what the CA says of one that it revoked
"""
