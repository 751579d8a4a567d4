"""The bars that this repository holds itself to, measured from outside: by its commands and files."""
