"""The app's rules one by one, without a phone."""

import ssl
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbed.pocket import configuration, idle, links, screens, signin
from testbed.pocket.cache import Cache
from testbed.pocket.configuration import CRM_ONLINE, Configuration, NotAccepted
from testbed.pocket.network import trouble
from testbed.pocket.settings import Preferences, Settings, SettingsFile, preferences
from testbed.pocket.state import Identity, Question, Record, Screen, State
from testbed.pocket.tokens import Session, Vault
from testbed.pocket.trouble import Insecure, Unreachable
from testbed.screen.view import View

ADA = Identity("Cust1", "ada@x.test", "ada@x.test", "X")
ROW = {"PrimaryKey": "7", "name": "Acme mk-7", "category": "Vendor", "updatedDate": "2026-01-02T03:04:05.678"}


class TestIdle:
    @pytest.mark.parametrize(
        ("away", "minutes", "out"),
        [(59.9, 1, False), (60, 1, True), (66, 1, True), (10**9, 0, False), (10**9, -1, False), (-1, 5, False)],
    )
    def test_the_limit_is_minutes_in_the_background(self, away: float, minutes: int, *, out: bool) -> None:
        assert idle.expired(1000.0, 1000.0 + away, minutes) is out

    def test_setting_the_clock_back_is_no_way_round(self) -> None:
        assert idle.expired(10_000.0, 5_000.0, 1)

    def test_who_was_never_in_the_background_stays(self) -> None:
        assert not idle.expired(None, 10.0**9, 1)


class TestConfiguration:
    @pytest.mark.parametrize(
        "payload",
        [
            "soprotocol://?crmOnline=true",
            "soprotocol:?crmOnline=true",
            "soprotocol:crmOnline=true",
            "soprotocol://?crmOnline=true&superId=https://online.superoffice.test",
        ],
    )
    def test_every_way_configures_the_same(self, payload: str) -> None:
        for read in (configuration.from_link, configuration.from_qr):
            assert read(payload, "") == Configuration(CRM_ONLINE, ask_first=False)

    @pytest.mark.parametrize(
        "payload",
        [
            "",
            "soprotocol:",
            "soprotocol://?",
            "soprotocol://?crmOnline=false",
            "soprotocol://?crmOnline=true&crmOnline=true",
            "soprotocol://?crmOnline=true&token=abc",
            "soprotocol://?crmOnline=true&superId=https://evil.example",
            "soprotocol://?crmOnline=true&superId=https://superoffice.test.evil.example",
            "soprotocol://?crmOnline=true&superId=https://evilsuperoffice.test",
            "soprotocol://?crmOnline=true&superId=https://online.superoffice.test@evil.example",
            "soprotocol://?crmOnline=true&superId=https://online.superoffice.test:8443",
            "soprotocol://?crmOnline=true&superId=https://evil.example\\.superoffice.test",
            "soprotocol://?crmOnline=true&superId=http://online.superoffice.test",
            "soprotocol://?crmOnline=true&superId=javascript:alert(1)",
            "soprotocol://?crmOnline=true&superId=",
            "soprotocol://?netserverUrl=https://evil.example/netserver/services84",
            "soprotocol://?netserverUrl=https://crm.superoffice.test/netserver/services84",
            "soprotocol://?superIdUrl=https://login.attacker.test",
            "soprotocol://?crashSink=https://in.appcenter.test",
            "soprotocol://?crmOnline=true&crashSink=https://sink.attacker.test",
            "soprotocol://?crmOnline=true&crashSink=http://in.appcenter.test",
            "soprotocol://?crmOnline=true&crashSink=",
            "javascript:alert(1)",
            "http://online.superoffice.test/?crmOnline=true",
            "soprotocol://?crmOnline=true&x=" + "y" * 2048,
            "soprotocol://?crmOnline=true\n",
        ],
    )
    def test_everything_else_is_refused(self, payload: str) -> None:
        for read in (configuration.from_link, configuration.from_qr):
            with pytest.raises(NotAccepted):
                read(payload, "")

    @given(st.text(), st.sampled_from(["", "soprotocol:", "soprotocol://?superId=https://"]))
    def test_garbage_is_refused_and_never_raises_else(self, garbage: str, head: str) -> None:
        with pytest.raises(NotAccepted):
            configuration.from_link(head + garbage, "")

    def test_a_change_is_asked_for(self) -> None:
        link = "soprotocol://?crmOnline=true&superId=https://stage.superoffice.test"
        assert configuration.from_link(link, CRM_ONLINE).ask_first
        assert not configuration.from_link(link, "https://stage.superoffice.test").ask_first

    def test_another_place_for_crash_reports_is_asked_for_by_its_name(self) -> None:
        link = "soprotocol://?crmOnline=true&crashSink=https://crash.superoffice.test/reports"
        found = configuration.from_link(link, CRM_ONLINE)

        assert (found.crash_sink, found.ask_first) == ("https://crash.superoffice.test", True)
        assert found.host == "online.superoffice.test, with crash reports to crash.superoffice.test"
        assert not configuration.from_link(link, "").ask_first
        assert configuration.sink("") == configuration.CRASH_SINK


class TestLinks:
    def test_records_and_homes_are_found(self) -> None:
        assert links.target("superoffice://contact?contact_id=2") == links.Target(Screen.DETAIL, "contact", 2)
        assert links.target("superoffice:diaryhome") == links.Target(Screen.DIARY)
        assert links.target("superoffice://imagehome") == links.Target(Screen.IMAGES)
        assert links.target("superoffice://contacthome.search") == links.Target(Screen.SEARCH)
        assert links.target("superoffice://projecthome.myopen") == links.Target(Screen.PROJECTS)
        assert links.target("superoffice://document?document_id=200") == links.Target(Screen.DETAIL, "document", 200)

    def test_what_does_more_than_read_is_told_apart(self) -> None:
        accept = links.target("superoffice:appointment?appointment_id=24&accept")
        call = links.target("superoffice://person?person_id=198&call&callnumber=93466021")

        assert accept == links.Target(Screen.DETAIL, "appointment", 24, links.Task.ACCEPT)
        assert call == links.Target(Screen.DETAIL, "person", 198, links.Task.CALL, "93466021")

    @pytest.mark.parametrize(
        "link",
        [
            "superoffice:contact?contact_id=24&accept",
            "superoffice:appointment?appointment_id=24&accept&reject",
            "superoffice://person?person_id=198&call&callnumber=1",
            "superoffice://person?person_id=198&call&callnumber=*21*93466021",
            "superoffice://diaryhome.year",
            "superoffice://diaryhome.week?contact_id=1",
            "superoffice://person?contact_id=1",
            "superoffice://diaryXxx?noscreen=1",
            "superoffice://contact?contact_id=1 OR 1",
        ],
    )
    def test_what_is_not_in_the_guide_leads_nowhere(self, link: str) -> None:
        assert links.target(link) is None


class TestSettings:
    @pytest.mark.parametrize(
        ("raw", "value"), [("0", False), ("NO", False), ("false", False), ("1", True), ("yes", True), ("?", True)]
    )
    def test_every_wire_form_of_a_bool_is_read(self, raw: str, *, value: bool) -> None:
        assert preferences([_preference("DisableAutoLogin", raw)]) == Preferences(0, value)

    @pytest.mark.parametrize(("raw", "minutes"), [("0", 0), ("5", 5), ("-1", 0), ("soon", 0), ("", 0)])
    def test_minutes_that_are_none_mean_no_timeout(self, raw: str, minutes: int) -> None:
        assert preferences([_preference("AutoLogoutTime", raw), {"odd": 1}]) == Preferences(minutes)

    def test_they_outlive_a_start_and_a_broken_file_is_a_first_start(self, tmp_path: Path) -> None:
        file = SettingsFile(tmp_path / "deep" / "settings.json")
        file.save(Settings(super_id=CRM_ONLINE, paused_at=1.5))
        assert file.load() == Settings(super_id=CRM_ONLINE, paused_at=1.5)
        for broken in ("{", "[]", "7", '{"future": 1}'):
            (tmp_path / "deep" / "settings.json").write_text(broken)
            assert file.load() == Settings()


class TestCache:
    def test_its_files_go_when_another_takes_it_over(self, tmp_path: Path) -> None:
        cache = Cache(tmp_path / "databases" / "pocket.db")
        cache.adopt(ADA)
        cache.store("contact", [ROW])
        cache.reached("contact")
        assert b"mk-7" in _bytes(tmp_path)
        assert cache.position("contact") == ROW["updatedDate"]

        cache.adopt(replace(ADA, user="bob@x.test", email="bob@x.test"))

        assert b"mk-7" not in _bytes(tmp_path)
        assert b"ada@x" not in _bytes(tmp_path)
        assert cache.position("contact") == ""
        assert cache.records("contact") == ()
        cache.close()

    def test_the_owner_keeps_it_also_under_a_new_address(self, tmp_path: Path) -> None:
        cache = Cache(tmp_path / "pocket.db")
        cache.adopt(ADA)
        cache.store("contact", [ROW])
        cache.adopt(replace(ADA, email="lund@x.test"))

        assert cache.record("contact", 7) == Record(
            "contact", 7, "Acme mk-7", "Vendor", "name: Acme mk-7\ncategory: Vendor", str(ROW["updatedDate"])
        )
        assert cache.owner() == replace(ADA, email="lund@x.test")
        cache.close()

    def test_search_takes_every_letter_as_it_is(self, tmp_path: Path) -> None:
        cache = Cache(tmp_path / "pocket.db")
        cache.store("contact", [ROW])
        assert [cache.records("contact", text) != () for text in ("ACME", "%", "'", "mk-7")] == [
            True,
            False,
            False,
            True,
        ]
        cache.close()

    def test_letters_beyond_ascii_are_found_in_either_case(self, tmp_path: Path) -> None:
        cache = Cache(tmp_path / "pocket.db")
        cache.store("contact", [{**ROW, "name": "Ørjan Ås"}])
        assert cache.records("contact", "øRJAN åS")
        assert (cache.number_of("contact", "ØRJAN ÅS"), cache.number_of("contact", "Ørjan Aas")) == (7, None)
        cache.close()


class TestVault:
    def test_what_was_altered_or_lost_its_key_is_no_session(self, tmp_path: Path) -> None:
        keystore = Xor()
        vault = Vault(tmp_path / "prefs" / "session.enc", keystore)
        assert vault.load() is None
        session = Session("8A:secret", "refresh", "https://online2.superoffice.test/Cust1/api/", ADA)
        vault.store(session)
        assert vault.load() == session
        assert b"secret" not in _bytes(tmp_path)
        assert "secret" not in repr(session)

        (tmp_path / "prefs" / "session.enc").write_bytes(b"\x00altered")
        assert vault.load() is None
        vault.clear()
        assert not vault.holds_session()
        assert keystore.deleted == ["netserver"]


class TestSignIn:
    def test_a_denied_sign_in_is_told_from_one_that_was_not_ours(self) -> None:
        of = signin.attempt(CRM_ONLINE)
        with pytest.raises(signin.Denied):
            signin.code(f"{signin.REDIRECT}?error=access_denied&state={of.state}", of)
        for response in (f"?code=1&state={of.state}&state={of.state}", f"?state={of.state}", "?code=1", "?error=x"):
            with pytest.raises(signin.Ignored):
                signin.code(signin.REDIRECT + response, of)
        with pytest.raises(signin.Ignored):
            signin.code(f"{signin.REDIRECT}?code=1&state={of.state}", None)

    def test_nothing_of_an_attempt_shows_in_its_description(self) -> None:
        of = signin.attempt(CRM_ONLINE)
        assert of.verifier not in repr(of)
        assert len(of.verifier) == 43


class TestTrouble:
    def test_a_server_without_proof_is_told_from_one_that_is_not_there(self) -> None:
        error = httpx.ConnectError("x")
        assert isinstance(trouble(error), Unreachable)
        error.__cause__ = ssl.SSLCertVerificationError("y")
        assert isinstance(trouble(error), Insecure)


class TestScreens:
    @pytest.mark.parametrize("screen", Screen)
    @pytest.mark.parametrize("identity", [None, ADA])
    def test_each_is_a_frame_that_a_phone_takes(self, screen: Screen, identity: Identity | None) -> None:
        record = Record("contact", 1, "Title", "Sub", "Text")
        state = State(
            screen=screen,
            notice="Note",
            offline=True,
            identity=identity,
            records=(record,),
            question=Question.CONFIGURE,
        )
        assert View.parse(screens.view(state).wire())

    def test_the_one_for_the_background_shows_nothing_of_anyone(self) -> None:
        state = State(screen=Screen.BACKGROUND, notice="Note", identity=ADA)
        assert [node.text for node in View.parse(screens.view(state).wire()).walk() if node.text] == ["Mobile CRM"]


class Xor:
    def __init__(self) -> None:
        self.deleted: list[str] = []

    def encrypt(self, _alias: str, data: bytes) -> bytes:
        return bytes(byte ^ 0x5A for byte in data)

    decrypt = encrypt

    def delete(self, alias: str) -> None:
        self.deleted.append(alias)


def _preference(key: str, raw: str) -> dict[str, object]:
    return {"Specification": {"Section": "PocketTasks", "Key": key}, "RawValue": raw}


def _bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
