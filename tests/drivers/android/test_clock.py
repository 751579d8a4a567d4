import time
from typing import Any

import pytest

from drivers.adb import Adb
from drivers.android.clock import read_clock, set_clock
from drivers.android.phone import AndroidPhone
from faults import CapabilityMissing
from traffic.exchanges import Recording

A_DAY, AN_HOUR = 86_400.0, 3600.0


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


def test_what_is_sent_after_a_jump_carries_the_phones_time(
    fresh: AndroidPhone, lane: dict[str, Any], recording: Recording, request: pytest.FixtureRequest
) -> None:
    began, url = recording.position(), f"https://{lane['cloud']['hosts'][0]}/after-the-jump"

    fresh.let_time_pass(AN_HOUR)
    fresh.open_link(url)
    seen = recording.wait_for_exchange(lambda one: one.url == url, began)
    fresh.forget_everything()
    fresh.open_link(f"{url}-back")
    back = recording.wait_for_exchange(lambda one: one.url == f"{url}-back", began)

    assert (seen.phone, seen.test) == ("virtual-android", request.node.nodeid)
    assert seen.ahead == pytest.approx(AN_HOUR, abs=5)
    assert (back.ahead, back.test) == (0.0, request.node.nodeid)
