import time

import pytest

from drivers.adb import Adb
from drivers.android.clock import read_clock, set_clock
from faults import CapabilityMissing

A_DAY = 86_400.0


def test_root_sets_the_clock_ahead_and_back(rooted: Adb) -> None:
    set_clock(rooted, time.time() + A_DAY)
    ahead = read_clock(rooted) - time.time()

    set_clock(rooted, time.time())

    assert ahead == pytest.approx(A_DAY, abs=5)
    assert read_clock(rooted) == pytest.approx(time.time(), abs=5)


def test_without_root_a_capability_is_missing_and_the_clock_stays(unrooted: Adb) -> None:
    with pytest.raises(CapabilityMissing, match=rf"^{unrooted.serial}: the clock cannot be set .*it needs root"):
        set_clock(unrooted, time.time() + A_DAY)

    assert read_clock(unrooted) == pytest.approx(time.time(), abs=5)
