"""Somebody signs in to the reference app in the phone's real Chromium, by real Appium and real chromedriver."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from appium import webdriver
from appium.options.common import AppiumOptions
from appium.webdriver.common.appiumby import AppiumBy
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from drivers.tools import appium_home, appium_main, node_path
from gate.programs import android_sdk
from testbed.android.chromium import NoChromium, find
from tests.testbed.android.phone_rig import Adb, Rig, free_port, phone, until
from tests.testbed.pocket.lab import ADA, PACKAGE, Cloud

CHROMEDRIVER = shutil.which("chromedriver")
NATIVE, WEB = "NATIVE_APP", "WEBVIEW_chrome"
PATIENCE = 20


def missing() -> str:
    """Why nobody can sign in here, and how to mend it; empty where somebody can."""
    try:
        find("auto")
    except NoChromium as reason:
        return str(reason)
    return "" if CHROMEDRIVER else "chromedriver is not installed (apt-get install chromium-driver)"


@contextmanager
def appium(adb: Adb, folder: Path) -> Iterator[str]:
    port = free_port()
    sdk = str(android_sdk(folder / "sdk"))
    own = {"APPIUM_HOME": str(appium_home()), "ANDROID_HOME": sdk, "ANDROID_SDK_ROOT": sdk}
    words = ("server", "--address", "127.0.0.1", "--port", str(port), "--allow-insecure", "uiautomator2:adb_shell")
    with (folder / "appium.log").open("wb") as log:
        server = subprocess.Popen(
            [str(node_path()), str(appium_main()), *words], env={**adb.env, **own}, stdout=log, stderr=log
        )
    try:
        address = f"http://127.0.0.1:{port}"
        assert until(lambda: is_up(address), PATIENCE)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=10)


def is_up(address: str) -> bool:
    try:
        return httpx.get(f"{address}/status", trust_env=False).is_success
    except httpx.HTTPError:
        return False


@contextmanager
def session(rig: Rig, server: str) -> Iterator[Any]:
    wanted = {
        "platformName": "Android",
        "appium:automationName": "UiAutomator2",
        "appium:udid": rig.adb.serial,
        "appium:adbPort": rig.adb.port,
        "appium:suppressKillServer": True,
        "appium:autoLaunch": False,
        "appium:noReset": True,
        "appium:appPackage": PACKAGE,
        "appium:appActivity": ".MainActivity",
        "appium:chromedriverExecutable": CHROMEDRIVER,
    }
    driver = webdriver.Remote(server, options=AppiumOptions().load_capabilities(wanted))
    try:
        yield driver
    finally:
        driver.quit()


def built(out: Path) -> Path:
    command = [sys.executable, "-m", "testbed.build", "--platform", "android", "--out", str(out)]
    return Path(subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip())


@pytest.mark.skipif(bool(missing()), reason=missing() or "all is there")
def test_ada_signs_in_through_the_real_chromium(adb: Adb, cloud: Cloud, tmp_path: Path) -> None:
    routes = [f"{host}=127.0.0.1:{cloud.ready['port']}" for host in cloud.ready["hosts"]]
    words = [word for route in routes for word in ("--resolve", route)]
    options = ("--chromium", "auto", "--system-ca", str(cloud.ready["ca"]), *words)
    with (
        phone(adb, tmp_path / "phone", *options) as rig,
        appium(rig.adb, tmp_path) as server,
        session(rig, server) as driver,
    ):
        assert rig.adb.run("install", "-g", str(built(tmp_path))).returncode == 0
        wait = WebDriverWait(driver, PATIENCE)
        driver.activate_app(PACKAGE)
        wait.until(lambda it: it.find_element(AppiumBy.ID, f"{PACKAGE}:id/log_in")).click()

        # the first page by native nodes, as people touch them
        wait.until(lambda it: it.find_element(AppiumBy.ANDROID_UIAUTOMATOR, 'new UiSelector().resourceId("email")'))
        assert driver.find_element(AppiumBy.ID, "com.android.chrome:id/url_bar").text == "id.superoffice.test"
        driver.find_element(AppiumBy.ANDROID_UIAUTOMATOR, 'new UiSelector().resourceId("email")').send_keys(ADA)
        driver.find_element(AppiumBy.ANDROID_UIAUTOMATOR, 'new UiSelector().resourceId("next")').click()

        # the second by chromedriver, as tests of web views do
        wait.until(lambda it: it.find_element(AppiumBy.ANDROID_UIAUTOMATOR, 'new UiSelector().resourceId("password")'))
        assert WEB in driver.contexts
        driver.switch_to.context(WEB)
        wait.until(lambda it: it.find_element(By.CSS_SELECTOR, "#password")).send_keys(cloud.passwords[ADA])
        driver.find_element(By.CSS_SELECTOR, "#sign_in").click()
        driver.switch_to.context(NATIVE)

        assert wait.until(lambda it: it.find_element(AppiumBy.ID, f"{PACKAGE}:id/diary"))
        assert rig.unmodelled() == []
    agents = {each["user_agent"] for each in cloud.evidence() if each["path"] == "/login"}
    assert all("Chrome/" in agent and "Mobile" in agent for agent in agents)
