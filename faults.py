"""The two kinds of trouble, and the tree of all errors that are ours.

AssertionError              the app broke a promise: a claim is *broken*
BenchFault                  we could not look: a claim is *blocked*; the message names phone and control, or process
 ├─ ControlNotFound         a screen or control did not appear in time
 ├─ PhoneLost               the phone, adb or Appium no longer answers
 ├─ CapabilityMissing       the phone cannot do what the check needs (clock, root, camera)
 ├─ EvidenceMissing         nothing was seen, so nothing can be said (no traffic, unreadable store)
 └─ TenantFault             the tenant's API refused what a check needs
UsageError                  wrong options, files or configuration: exit 2, one line
SetupError                  the machine lacks something: one line with the command that mends it
"""


class BenchFault(Exception):  # noqa: N818 -- a fault of the bench, told apart from errors of the app
    """We could not look; whoever waits for a verdict gets *blocked*."""


class ControlNotFound(BenchFault):
    """A screen or control did not appear within its stated limit."""


class PhoneLost(BenchFault):
    """The phone, adb or Appium no longer answers."""


class CapabilityMissing(BenchFault):
    """The phone cannot do what the check needs."""


class EvidenceMissing(BenchFault):
    """Nothing was seen, so nothing can be said."""


class TenantFault(BenchFault):
    """The tenant's API refused what a check needs."""


class UsageError(Exception):
    """Wrong options, files or configuration; the message says what, where and how to mend it."""


class SetupError(Exception):
    """The machine lacks something; the message names the command that mends it."""
