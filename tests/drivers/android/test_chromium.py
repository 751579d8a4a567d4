"""A phone whose browser is a real Chromium, asked for and driven as in a run: by native nodes and by chromedriver."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By

from drivers.android.provision import provisioned_android
from drivers.app_file import read_app_file
from drivers.tenant import ReferenceTenant
from gate import doctor
from gate.lab import Order, running_lab
from gate.rundir import Plan, RunDir
from scenarios.screens import SuperId
from scenarios.sign_in import arrive, open_sign_in

PHONE = "virtual-android@34+chromium"
NATIVE, WEB = "NATIVE_APP", "WEBVIEW_chrome"
LACKING = next((one.found for one in doctor.examine() if one.name.startswith("Chromium") and one.mend), "")


@pytest.fixture(scope="module")
def surfing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    run = RunDir.create(tmp_path_factory.mktemp("surfing"), Plan(("pytest",), (PHONE,)))
    with running_lab(Order(run, (PHONE,))) as lab, pytest.MonkeyPatch.context() as home:
        home.setenv("HOME", lab.endpoints["adb"]["home"])
        yield lab.endpoints


@pytest.mark.skipif(bool(LACKING), reason=LACKING or "all is there")
def test_ada_signs_in_through_chromium_and_the_redirect_reaches_the_app(surfing: dict[str, Any]) -> None:
    lane = surfing["lanes"][0]
    cloud, app = lane["cloud"], read_app_file(Path(surfing["apps"]["android"]))
    tenant = ReferenceTenant(cloud["admin"], cloud["admin_token"], cloud["port"], Path(cloud["ca"]), cloud["domain"])
    with provisioned_android(lane["phone"], surfing, app, lane["recorder"]) as phone:
        ada = tenant.account("ada")
        phone.forget_everything()
        phone.launch()
        open_sign_in(phone)
        phone.enter(SuperId.EMAIL, ada.email)
        phone.tap(SuperId.NEXT)
        phone.wait_for(SuperId.PASSWORD)

        driver = phone.session._driver  # noqa: SLF001 -- no scenario needs the context of a page
        assert WEB in driver.contexts
        driver.switch_to.context(WEB)
        driver.find_element(By.CSS_SELECTOR, f"#{SuperId.PASSWORD.id}").send_keys(ada.password)
        driver.find_element(By.CSS_SELECTOR, f"#{SuperId.SIGN_IN.id}").click()
        driver.switch_to.context(NATIVE)

        arrive(phone)
        assert phone.browser == "com.android.chrome"
    tenant.close()
    assert Path(lane["phone"]["unmodelled"]).read_text(encoding="utf-8") == ""
