"""The phone's system browser: where sign-in pages run, outside every app, with its own cookies (RFC 8252 section 8.12).

It runs by the same runtime as an app, as package `com.android.browser`, with entry `testbed.browser.main:main`.
"""
