"""The simulator's calls against outputs as simctl and networksetup print them; nothing is run here."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from drivers.ios.provision import hand_of
from drivers.ios.simctl import SimulatorHand, launched, simulators, web_proxy
from faults import BenchFault, CapabilityMissing

UDID = "7B1A2E64-4B7C-4C53-9F53-6B7E0C9C2D11"
DEVICES = """{
  "devices" : {
    "com.apple.CoreSimulator.SimRuntime.iOS-17-5" : [
      {
        "lastBootedAt" : "2024-06-11T09:12:44Z",
        "dataPath" : "/Users/lab/Library/Developer/CoreSimulator/Devices/7B1A2E64/data",
        "udid" : "7B1A2E64-4B7C-4C53-9F53-6B7E0C9C2D11",
        "isAvailable" : true,
        "deviceTypeIdentifier" : "com.apple.CoreSimulator.SimDeviceType.iPhone-15",
        "state" : "Booted",
        "name" : "iPhone 15"
      },
      {
        "udid" : "0D0C4F0E-13E4-4B47-8F0C-2B1F5F0E6A10",
        "isAvailable" : false,
        "availabilityError" : "runtime profile not found using \\"System\\" match policy",
        "state" : "Shutdown",
        "name" : "iPhone SE (3rd generation)"
      }
    ],
    "com.apple.CoreSimulator.SimRuntime.tvOS-17-5" : [ ]
  }
}"""
NO_PROXY = "Enabled: No\nServer: \nPort: 0\nAuthenticated Proxy Enabled: 0\n"
OFFICE_PROXY = "Enabled: Yes\nServer: proxy.example\nPort: 3128\nAuthenticated Proxy Enabled: 0\n"
SERVICES = """An asterisk (*) denotes that a network service is disabled.
USB 10/100/1000 LAN
Wi-Fi
*Thunderbolt Bridge
"""
WRONG_SERVICE = "Wi-Fi7 is not a recognized network service.\n** Error: The parameters were not valid.\n"


class Mac:
    """Notes what is run, and says what is to be said."""

    def __init__(self, **answers: str) -> None:
        self.ran: list[str] = []
        self._answers = answers

    def __call__(self, command: Sequence[str]) -> str:
        self.ran.append(" ".join(command))
        return next((said for part, said in self._answers.items() if part in command or f"-{part}" in command), "")


def test_simulators_that_can_be_used_are_listed() -> None:
    (one,) = simulators(DEVICES)

    assert (one.udid, one.name, one.state, one.runtime) == (UDID, "iPhone 15", "Booted", "iOS-17-5")


def test_the_pid_of_a_start_is_read_and_its_lack_is_a_fault() -> None:
    assert launched("com.example.app: 24871\n") == 24871
    with pytest.raises(BenchFault, match="reported no process"):
        launched(
            "An error was encountered processing the command (domain=FBSOpenApplicationServiceErrorDomain, code=1):"
        )


def test_a_proxy_is_read_and_a_wrong_service_is_a_fault() -> None:
    assert (web_proxy(NO_PROXY).enabled, web_proxy(OFFICE_PROXY).port) == (False, 3128)
    with pytest.raises(BenchFault, match="not a recognized network service"):
        web_proxy(WRONG_SERVICE)


def test_the_macs_proxy_is_set_and_put_back_as_it_was() -> None:
    mac = Mac(getwebproxy=OFFICE_PROXY, getsecurewebproxy=NO_PROXY)
    hand = SimulatorHand(UDID, run=mac)

    hand.use_proxy(8080)
    hand.use_proxy(None)
    hand.use_proxy(None)

    assert mac.ran == [
        "networksetup -getwebproxy Wi-Fi",
        "networksetup -setwebproxy Wi-Fi 127.0.0.1 8080",
        "networksetup -getsecurewebproxy Wi-Fi",
        "networksetup -setsecurewebproxy Wi-Fi 127.0.0.1 8080",
        "networksetup -setwebproxy Wi-Fi proxy.example 3128",
        "networksetup -setwebproxystate Wi-Fi on",
        "networksetup -setsecurewebproxystate Wi-Fi off",
    ]


def test_each_deed_is_one_call() -> None:
    said = {"launch": "com.example.app: 7\n", "get_app_container": "/sim/safari\n", "list": DEVICES}
    mac = Mac(**said, listallnetworkservices=SERVICES)
    hand = SimulatorHand(UDID, run=mac)

    hand.boot()
    hand.trust(Path("/ca.pem"))
    hand.open_url("demo://x")
    pid = hand.launch("com.example.app")
    hand.clear_website_data()
    hand.clear_keychain()
    bundle = hand.bundle("com.example.app")

    assert (pid, bundle) == (7, "/sim/safari")
    assert mac.ran == [
        "xcrun simctl list devices -j",
        "networksetup -listallnetworkservices",
        f"xcrun simctl bootstatus {UDID} -b",
        f"xcrun simctl keychain {UDID} add-root-cert /ca.pem",
        f"xcrun simctl openurl {UDID} demo://x",
        f"xcrun simctl launch --terminate-running-process {UDID} com.example.app",
        f"xcrun simctl get_app_container {UDID} com.apple.mobilesafari data",
        "rm -rf /sim/safari/Library/Cookies",
        "rm -rf /sim/safari/Library/WebKit",
        f"xcrun simctl keychain {UDID} reset",
        f"xcrun simctl keychain {UDID} add-root-cert /ca.pem",
        f"xcrun simctl get_app_container {UDID} com.example.app app",
    ]


def test_a_wrong_row_of_the_configuration_is_said_before_anything_is_changed() -> None:
    mac = Mac(list=DEVICES, listallnetworkservices=SERVICES)
    unknown, unavailable = "00000000-0000-0000-0000-000000000000", "0D0C4F0E-13E4-4B47-8F0C-2B1F5F0E6A10"

    for udid in (unknown, unavailable):
        with pytest.raises(
            BenchFault, match=rf"^simulator {udid}: this Mac has none .*; there is {UDID} \(iPhone 15, iOS"
        ):
            SimulatorHand(udid, run=mac).boot()
    with pytest.raises(BenchFault, match=r"network_service Ethernet: this Mac has none .*USB 10/100/1000 LAN, Wi-Fi$"):
        SimulatorHand(UDID, "Ethernet", run=mac).boot()

    assert not any("-set" in command or "bootstatus" in command for command in mac.ran)


@pytest.mark.skipif(shutil.which("xcrun") is not None, reason="this machine has simulators")
def test_a_simulator_on_a_machine_without_xcode_is_refused_in_words() -> None:
    described = {"name": "sim", "platform": "ios", "udid": UDID, "simulator": True}

    with pytest.raises(CapabilityMissing, match="need macOS with Xcode, and xcrun is not here"):
        hand_of(described)


def test_what_a_simulator_has_not_is_said_in_words() -> None:
    hand = SimulatorHand(UDID, run=Mac())

    deeds: tuple[Callable[[], None], ...] = (
        lambda: hand.set_clock(1.0),
        lambda: hand.airplane_mode(on=True),
        lambda: hand.show_to_camera(b""),
    )
    for deed in deeds:
        with pytest.raises(CapabilityMissing, match=UDID):
            deed()


def test_an_app_that_is_not_installed_has_no_bundle() -> None:
    def refusing(command: Sequence[str]) -> str:
        msg = f"`{' '.join(command)}` ended with 2: No such file or directory"
        raise BenchFault(msg)

    assert SimulatorHand(UDID, run=refusing).bundle("com.example.app") is None
