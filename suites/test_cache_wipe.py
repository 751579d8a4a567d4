"""What was one user's is gone before the next one looks."""

from drivers.phone import Phone
from drivers.tenant import Account, Tenant
from scenarios.browse import browse_everything
from scenarios.sign_in import must_sign_in, reset_login, sign_in, sign_out
from suites import claim
from suites.leaks import expect_cached, left_in, only, told


@claim("C10")
def test_uninstalling_erases_everything(fresh: Phone, ada: Account, tenant: Tenant) -> None:
    sign_in(fresh, ada)
    browse_everything(fresh)
    marks = tenant.markers(ada, ada.tenants[0])
    expect_cached(fresh.storage(), marks)

    fresh.uninstall()
    fresh.install(fresh.app)
    fresh.launch()

    asked = must_sign_in(fresh)
    left = left_in(fresh.storage(), marks, tenant.secrets())
    assert asked, "the app installed anew was signed in"
    assert left.records == [], told("records outlived the app", left.records)
    assert left.secrets == [], told("secrets outlived the app", left.secrets)


@claim("C11")
def test_connecting_to_another_tenant_erases_the_first_one(fresh: Phone, dot: Account, tenant: Tenant) -> None:
    first, second = dot.tenants
    sign_in(fresh, dot, first)
    browse_everything(fresh)
    marks = tenant.markers(dot, first)
    expect_cached(fresh.storage(), marks)

    reset_login(fresh)
    sign_in(fresh, dot, second)

    files = fresh.storage()
    expect_cached(files, tenant.markers(dot, second))
    left = left_in(files, marks, [secret for secret in tenant.secrets() if secret.tenant == first])
    assert left.secrets == [], told(f"secrets of {first} are still there after connecting to {second}", left.secrets)
    assert left.records == [], told(f"records of {first} are still there after connecting to {second}", left.records)


@claim("C12")
def test_a_new_user_finds_nothing_of_the_last_one(fresh: Phone, ada: Account, bob: Account, tenant: Tenant) -> None:
    sign_in(fresh, ada)
    browse_everything(fresh)
    marks = only(tenant.markers(ada, ada.tenants[0]), tenant.markers(bob, bob.tenants[0]))
    expect_cached(fresh.storage(), marks)
    sign_out(fresh)

    sign_in(fresh, bob)

    files = fresh.storage()
    expect_cached(files, tenant.markers(bob, bob.tenants[0]))
    left = left_in(files, marks, [secret for secret in tenant.secrets() if secret.email == ada.email])
    assert left.records == [], told("the next user's phone still holds records of the last one", left.records)
    assert left.secrets == [], told("the next user's phone still holds secrets of the last one", left.secrets)
