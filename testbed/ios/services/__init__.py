"""Services that lockdownd starts, each a coroutine over one connection."""
