"""A real Chromium as the phone's system browser: package `com.android.chrome`, entry `testbed.chromium.main:main`.

It runs by the same runtime as an app; the engine is a headless child in the same session. What Chrome on Android has
and this has not: the phone's clock (scripts, cookies and certificate dates go by the host's), Certificate Transparency,
the flush of fresh cookies when it goes to the background, a page that turns, and scrolling by finger.
"""
