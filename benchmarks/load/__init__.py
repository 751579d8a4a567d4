"""Simulated phones against the server side, by Locust, in a process of its own: Locust patches the interpreter."""
