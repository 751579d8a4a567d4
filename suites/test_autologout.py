"""How long a phone that was put away stays signed in."""

from drivers.phone import Capability, Phone
from drivers.tenant import Account, Tenant
from scenarios.sign_in import must_sign_in, sign_in, stays_signed_in
from suites import claim
from suites.leaks import told
from suites.tour import API
from suites.watch import Watch

LONG = 8 * 3600.0  # seconds: a working day in the pocket
ONE_MINUTE = 60.0
A_LITTLE_MORE = 1.1
SETTLE = 4.0  # seconds in which a start that must stay silent would have called the API


@claim("C49")
def test_without_a_limit_the_app_stays_signed_in(fresh: Phone, ada: Account) -> None:
    fresh.needs(Capability.SETTABLE_CLOCK)
    sign_in(fresh, ada)

    fresh.leave_idle(LONG)

    assert stays_signed_in(fresh), f"{LONG / 3600:.0f} hours in the background ended the session though no limit is set"


@claim("C50")
def test_idle_longer_than_the_limit_leads_to_the_start_screen(
    fresh: Phone, ada: Account, tenant: Tenant, watch: Watch
) -> None:
    tenant.set_preference(ada.tenants[0], "AutoLogoutTime", "1")
    sign_in(fresh, ada)
    watch = watch.from_now()

    fresh.leave_idle(ONE_MINUTE * A_LITTLE_MORE)

    signed_out = must_sign_in(fresh)
    calls = watch.calls(API, within=SETTLE)
    fresh.launch_cold()
    still_out = must_sign_in(fresh)
    assert signed_out, "still signed in after 66 s in the background with a limit of one minute"
    assert still_out, "the session was only hidden: the next start was signed in again"
    assert calls == [], told("the API was called before anyone signed in again", calls)


@claim("C53")
def test_with_autologin_disabled_each_start_asks_to_sign_in(
    fresh: Phone, ada: Account, tenant: Tenant, watch: Watch
) -> None:
    tenant.set_preference(ada.tenants[0], "DisableAutoLogin", "YES")
    sign_in(fresh, ada)
    marks = tenant.markers(ada, ada.tenants[0])
    watch = watch.from_now()

    fresh.launch_cold()
    asked = must_sign_in(fresh)
    source = fresh.screen_source()

    shown = [mark.text for mark in marks if mark.text in source]
    calls = watch.calls(API, within=SETTLE)
    assert asked, "the start went straight in though autologin is disabled"
    assert shown == [], told("records are shown before the sign-in", shown)
    assert calls == [], told("the API was called before the sign-in", calls)


@claim("C53")
def test_with_autologin_disabled_no_network_opens_no_back_door(fresh: Phone, ada: Account, tenant: Tenant) -> None:
    tenant.set_preference(ada.tenants[0], "DisableAutoLogin", "YES")
    sign_in(fresh, ada)
    fresh.airplane_mode(on=True)

    fresh.launch_cold()

    assert must_sign_in(fresh), "without a network the start went straight in though autologin is disabled"
