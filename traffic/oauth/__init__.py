"""OAuth 2.0 and OpenID Connect as they are seen from the wire: one dialogue, and a rule for each promise O1 to O18.

O9 and O13, which need every exchange, stand in traffic/leaks.py.
"""
