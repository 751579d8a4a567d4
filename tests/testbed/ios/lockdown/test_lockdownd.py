"""lockdownd, asked in the raw where a library would not ask, and by pymobiledevice3 where it would."""

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from testbed.ios.usbmux.host_identity import identity_of
from tests.testbed.ios.mux_rig import OTHER, UDID, BarePhone, Muxd, Raw, bare_phone, usbmuxd


class Secure:
    """A lockdown session over TLS."""

    def __init__(self, raw: Raw, record: dict[str, Any], folder: Path) -> None:
        self.raw = raw
        self.id = raw.request("StartSession", HostID=record["HostID"], SystemBUID=record["SystemBUID"])["SessionID"]
        self.clear = raw.stream
        raw.stream = client_context(record, folder).wrap_socket(raw.stream)

    def stop(self) -> None:
        """Ends the session; the line goes on in clear."""
        assert self.raw.request("StopSession", SessionID=self.id) == {"Request": "StopSession"}
        assert isinstance(self.raw.stream, ssl.SSLSocket)
        self.raw.stream = self.raw.stream.unwrap()


def client_context(record: dict[str, Any], folder: Path) -> ssl.SSLContext:
    pem = folder / "host.pem"
    pem.write_bytes(record["HostPrivateKey"] + record["HostCertificate"])
    context = ssl.create_default_context(cadata=record["RootCertificate"].decode())
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.load_cert_chain(pem)
    return context


@contextmanager
def session(muxd: Muxd, folder: Path, udid: str = UDID) -> Iterator[Secure]:
    with muxd.lockdown(udid) as raw:
        yield Secure(raw, muxd.pair_record(udid), folder)


def idevice(muxd: Muxd, home: Path, tool: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([tool, *words], env=muxd.env(home), capture_output=True, text=True, check=False, timeout=30)


def new_record(muxd: Muxd, folder: Path, raw: Raw) -> dict[str, Any]:
    """A pair record of a host of its own."""
    folder.mkdir()
    identity = identity_of(folder)
    public = raw.request("GetValue", Key="DevicePublicKey")["Value"]
    private_root, private_host = identity.keys()
    certificates = {
        "DeviceCertificate": identity.device(public),
        "HostCertificate": identity.host(),
        "RootCertificate": identity.root(),
    }
    ids = {"HostID": folder.name.upper(), "SystemBUID": muxd.pair_record()["SystemBUID"]}
    return {**certificates, **ids, "HostPrivateKey": private_host, "RootPrivateKey": private_root}


def public(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if "Private" not in name}


@pytest.mark.usefixtures("bare")
def test_without_a_session_a_host_learns_what_the_phone_is_and_no_more(muxd: Muxd) -> None:
    with muxd.lockdown() as raw:
        kind = raw.request("QueryType")
        values = raw.request("GetValue")["Value"]
        version = raw.request("GetValue", Key="ProductVersion")
        serial = raw.request("GetValue", Key="SerialNumber")
        battery = raw.request("GetValue", Domain="com.apple.mobile.battery")
        service = raw.request("StartService", Service="com.apple.afc")

    assert kind["Type"] == "com.apple.mobile.lockdown"
    assert values["UniqueDeviceID"] == UDID
    assert "SerialNumber" not in values
    assert version == {"Request": "GetValue", "Key": "ProductVersion", "Value": "17.5"}
    assert [serial["Error"], battery["Error"], service["Error"]] == [*["GetProhibited"] * 2, "SessionInactive"]


def test_a_session_is_tls_and_goes_back_to_clear(muxd: Muxd, bare: BarePhone, tmp_path: Path) -> None:
    with session(muxd, tmp_path, bare.udid) as one:
        serial = one.raw.request("GetValue", Key="SerialNumber")["Value"]
        second = one.raw.request("StartSession", HostID=muxd.pair_record()["HostID"])
        wrong = one.raw.request("StopSession", SessionID="another")
        one.stop()
        after = one.raw.request("GetValue", Key="SerialNumber")
        again = Secure(one.raw, muxd.pair_record(), tmp_path)
        assert again.raw.request("GetValue", Key="SerialNumber")["Value"] == serial

    assert [second["Error"], wrong["Error"], after["Error"]] == ["SessionActive", "InvalidSessionID", "GetProhibited"]


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        ({"Request": "StartService", "Service": "com.apple.unheard"}, "InvalidService"),
        ({"Request": "StartService"}, "MissingService"),
        ({"Request": "GetValue", "Key": "Unheard"}, "MissingValue"),
        ({"Request": "SetValue", "Key": "TimeIntervalSince1970", "Value": 0}, "SetProhibited"),
        ({"Request": "RemoveValue", "Key": "DeviceName"}, "RemoveProhibited"),
        ({"Request": "EnterRecovery"}, "ProhibitedBySupervision"),
        ({"Request": "Unpair"}, "MissingPairRecord"),
        ({"Request": "Unheard"}, "InvalidRequest"),
        ({}, "InvalidRequest"),
    ],
)
def test_what_a_phone_does_not_do_has_its_error(
    muxd: Muxd, bare: BarePhone, tmp_path: Path, request_: dict[str, object], error: str
) -> None:
    with session(muxd, tmp_path, bare.udid) as one:
        one.raw.send(request_)
        answer = one.raw.receive()

    assert answer["Error"] == error


def test_what_is_not_modelled_is_noted(muxd: Muxd, bare: BarePhone, tmp_path: Path) -> None:
    with session(muxd, tmp_path, bare.udid) as one:
        one.raw.request("StartService", Service="com.apple.noted")
        one.raw.request("GetValue", Domain="com.apple.nowhere", Key="x")
        one.raw.request("Noted")

    assert {"com.apple.noted", "GetValue com.apple.nowhere x", "Noted"} <= set(bare.unmodelled())


def test_a_host_that_the_phone_does_not_know_gets_no_session(muxd: Muxd, bare: BarePhone) -> None:
    with muxd.lockdown(bare.udid) as raw:
        unknown = raw.request("StartSession", HostID="NOBODY")
        outside = raw.request("StartSession", HostID="../../clock")
        none = raw.request("StartSession")

    assert [unknown["Error"], outside["Error"], none["Error"]] == ["InvalidHostID", "InvalidHostID", "MissingHostID"]


def test_a_host_id_without_its_key_is_worth_nothing(muxd: Muxd, bare: BarePhone, tmp_path: Path) -> None:
    record = muxd.pair_record(bare.udid)
    with muxd.lockdown(bare.udid) as raw:
        stranger = new_record(muxd, tmp_path / "stranger", raw)
        raw.request("StartSession", HostID=record["HostID"])
        with pytest.raises((ssl.SSLError, ConnectionError)):
            client_context(stranger, tmp_path).wrap_socket(raw.stream).recv(1)


def test_the_phone_shows_the_certificate_that_the_host_gave_it(muxd: Muxd, bare: BarePhone, tmp_path: Path) -> None:
    with session(muxd, tmp_path, bare.udid) as one:
        assert isinstance(one.raw.stream, ssl.SSLSocket)
        shown = one.raw.stream.getpeercert(binary_form=True)

    assert shown == ssl.PEM_cert_to_DER_cert(muxd.pair_record(bare.udid)["DeviceCertificate"].decode())


def test_hosts_are_paired_validated_and_forgotten(muxd: Muxd, bare: BarePhone, tmp_path: Path) -> None:
    with muxd.lockdown(bare.udid) as raw:
        record = new_record(muxd, tmp_path / "guest", raw)
        before = raw.request("ValidatePair", PairRecord=public(record))
        paired = raw.request("Pair", PairRecord=public(record))
        known = raw.request("ValidatePair", PairRecord=public(record))
        Secure(raw, record, tmp_path).stop()
        forged = raw.request("ValidatePair", PairRecord={**public(record), "HostCertificate": b"x"})
        unpaired = raw.request("Unpair", PairRecord=public(record))
        after = raw.request("StartSession", HostID=record["HostID"])

    assert len(paired["EscrowBag"]) == 32
    assert [before["Error"], forged["Error"], after["Error"]] == ["InvalidHostID", "InvalidPairRecord", "InvalidHostID"]
    assert [known, unpaired] == [{"Request": "ValidatePair"}, {"Request": "Unpair"}]


def test_a_pair_record_for_another_phone_is_refused(muxd: Muxd, bare: BarePhone, tmp_path: Path) -> None:
    with muxd.lockdown(bare.udid) as raw:
        record = new_record(muxd, tmp_path / "guest", raw)
        record["DeviceCertificate"] = record["HostCertificate"]
        other = raw.request("Pair", PairRecord=public(record))
        record["DeviceCertificate"] = b"no certificate"
        none = raw.request("Pair", PairRecord=public(record))

    assert [other["Error"], none["Error"]] == ["InvalidPairRecord", "InvalidPairRecord"]


def test_trust_is_asked_for_denied_and_given(tmp_path: Path) -> None:
    with usbmuxd() as muxd, bare_phone(muxd, tmp_path / "phone", UDID, "--trust", "asked") as phone:
        assert muxd.udids() == [UDID]
        with muxd.connect() as raw:
            assert raw.ask({"MessageType": "ReadPairRecord", "PairRecordID": UDID})["Number"] == 2
        with muxd.lockdown() as raw:
            record = {**public(new_record_for(raw, tmp_path / "guest"))}
            asked = raw.request("Pair", PairRecord=record)
            phone.do("tap", "no")
            denied = raw.request("Pair", PairRecord=record)
            phone.do("tap", "yes")
            given = raw.request("Pair", PairRecord=record)

    assert [asked["Error"], denied["Error"]] == ["PairingDialogResponsePending", "UserDeniedPairing"]
    assert "EscrowBag" in given


def new_record_for(raw: Raw, folder: Path) -> dict[str, Any]:
    folder.mkdir()
    identity = identity_of(folder)
    key = raw.request("GetValue", Key="DevicePublicKey")["Value"]
    certificates = {"DeviceCertificate": identity.device(key), "HostCertificate": identity.host()}
    return {**certificates, "RootCertificate": identity.root(), "HostID": "GUEST", "SystemBUID": "X"}


def test_a_phone_that_is_started_again_knows_its_host(muxd: Muxd, tmp_path: Path) -> None:
    with bare_phone(muxd, tmp_path / "phone", OTHER):
        first = muxd.pair_record(OTHER)
    with bare_phone(muxd, tmp_path / "phone", OTHER), session(muxd, tmp_path, OTHER) as one:
        assert one.raw.request("GetValue", Key="UniqueDeviceID")["Value"] == OTHER
        assert muxd.pair_record(OTHER) == first


def test_a_new_phone_under_an_old_udid_is_paired_anew(muxd: Muxd, tmp_path: Path) -> None:
    with bare_phone(muxd, tmp_path / "one", OTHER):
        first = muxd.pair_record(OTHER)
    with bare_phone(muxd, tmp_path / "two", OTHER):
        assert muxd.pair_record(OTHER)["HostID"] != first["HostID"]


def test_the_name_can_be_set(muxd: Muxd, tmp_path: Path) -> None:
    with bare_phone(muxd, tmp_path / "phone", OTHER), session(muxd, tmp_path, OTHER) as one:
        one.raw.request("SetValue", Key="DeviceName", Value="Neo")
        assert one.raw.request("GetValue", Key="DeviceName")["Value"] == "Neo"
