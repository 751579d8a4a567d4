"""lockdownd: who may ask, what the phone says of itself, and the start of every other service."""
