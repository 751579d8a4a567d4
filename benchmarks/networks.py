"""The networks that a sync is timed on.

The figures of GPRS and 3G are those of the app's requirements page (the least and the recommended one); the delays are
the emulator's own for such networks (developer.android.com/studio/run/emulator-networking).
"""

from drivers.phone import NetworkProfile

NETWORKS: dict[str, NetworkProfile | None] = {
    "ideal": None,
    "3g": NetworkProfile("3g", 384, 384, 35, 200),
    "gprs": NetworkProfile("gprs", 114, 114, 150, 550),
}
