from pathlib import Path

import pytest

from faults import UsageError
from testbed.cloud.known_secrets import Kind
from traffic.learning import tenant_of
from traffic.policy import KINDS, read_policy, shipped_policy
from traffic.redaction import name_of, redacted
from traffic.secrets import Allowed, Secret, Secrets
from traffic.secrets_file import read_secrets


def test_the_shipped_policy_sends_a_refresh_token_to_the_token_endpoint_and_its_revocation_alone() -> None:
    places = shipped_policy().places("refresh_token", ["a.test"])

    assert {(one.host, one.where, one.path) for one in places if one.host.startswith("online.")} == {
        ("online.a.test", "body", "/login/common/oauth/tokens"),
        ("online.a.test", "body", "/login/common/oauth/revoke"),
    }
    assert {one.where for one in places} == {"body"}


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_that_the_reference_cloud_issues_has_a_row_and_a_name(kind: Kind) -> None:
    secret = Secret(kind, "kT9wLq3ZpX7vR2mB-and-more")

    assert kind in shipped_policy().kinds
    assert redacted(f"x {secret.value} y", Secrets([secret])) == f"x {name_of(secret, 0)} y"


def test_a_kind_that_no_policy_names_may_stand_nowhere() -> None:
    assert shipped_policy().places("unheard_of") == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("domains = 1\n[kinds.a]\n", "line 1: domains"),
        ("x = \n", "line 1"),
        ("", "without kinds"),
        ("[roles]\na = ['h']\n[kinds.p]\nallowed = [{ role = 'b', where = 'body' }]\n", "role 'b' is not in"),
        ("[roles]\na = ['h']\n[kinds.p]\nallowed = [{ role = 'a', where = 'nowhere' }]\n", "line 4"),
        ("[kinds.p]\nclaim = 'X'\n", "line 2: claim 'X'"),
        ("[kinds.p]\nalowed = []\n", "line 2: kind p has no"),
        ("[hosts]\nsystem = 'x'\n[kinds.p]\n", "line 2: system is a list"),
        ("[hosts]\nnoise = ['x']\n[kinds.p]\n", "line 2: hosts has no"),
        ("[kinds.refresh_tokn]\n", "line 1: kind 'refresh_tokn' is not known; write refresh_token"),
        ("[kinds.p]\n[kinds.p]\n", "line 2.*each table and each key stands once"),
        ("[roles]\na = ['https://h.test/']\n[kinds.p]\n", r"line 2: 'https://h.test/' of role a .* leave out scheme"),
        ("[roles]\na = ['h.test:443']\n[kinds.p]\n", "line 2: 'h.test:443' of role a is no host pattern"),
        ("[roles]\na = ['*.{domian}']\n[kinds.p]\n", "line 2: .*no host pattern"),
        ("[roles]\na = ['h.test', 'H.test']\n[kinds.p]\n", "line 2: 'H.test' of role a stands there twice"),
        ("[hosts]\napp = ['h test']\n[kinds.p]\n", "line 2: 'h test' of app is no host pattern"),
        ("[kinds.p]\nallowed = [{ host = '', where = 'url' }]\n", "line 2?.*is no host pattern"),
        ("[kinds.p]\nallowed = [{ host = 3, where = 'url' }]\n", "line 2: host of p is a host pattern"),
        ("[kinds.p]\nallowed = [{ host = 'h', where = 'hedder:x' }]\n", "line 2: where 'hedder:x' of p is none of url"),
        ("[kinds.p]\nallowed = [{ role = ['a'], where = 'url' }]\n", r"role \['a'\] is not in"),
        ("[kinds.p]\nallowed = [{ host = 'h', where = 'url', side = ['app'] }]\n", r"side \['app'\] of p is neither"),
        ("[kinds.p]\nallowed = [{ host = 'h', where = 4 }]\n", "where 4 of p is none of"),
        (
            "[kinds.p]\nallowed = [{ host = 'h', where = 'url', side = 'client' }]\n",
            "side 'client' of p is neither app",
        ),
        ("[kinds.p]\nallowed = [{ host = 'h', where = 'url', path = 'x' }]\n", "path 'x' of p is no text that begins"),
        ("[kinds.p]\nallowed = [{ host = 'h', where = 'url' }, { where = 'url', host = 'h' }]\n", "stands there twice"),
        ("[kinds.p]\nallowed = [{ host = 'h', weher = 'url' }]\n", r"a place of p has no \['weher'\]"),
    ],
)
def test_a_wrong_policy_is_refused_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "p.toml").write_text(text)

    with pytest.raises(UsageError, match=words):
        read_policy(tmp_path / "p.toml")


def test_the_policy_that_ships_knows_every_kind() -> None:
    assert set(KINDS) == set(shipped_policy().kinds)


def test_a_kind_of_ones_own_and_every_shape_of_pattern_are_taken(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text(
        "[roles]\na = ['*', 'a?.test', 'online[0-9]*.{domain}', '192.0.2.1', '::1', 'x_y.test']\n"
        "[kinds.loyalty_card]\nallowed = [{ role = 'a', where = 'body', path = '/{tenant}/*' }]\n"
    )

    policy = read_policy(tmp_path / "p.toml")

    assert {one.path for one in policy.places("loyalty_card", ["b.test"], "Cust7")} == {"/Cust7/*"}
    assert {one.path for one in policy.places("loyalty_card")} == {"/*/*"}


def test_an_access_token_belongs_to_the_tenant_that_it_names() -> None:
    """Two tenants of one user: neither sees the other's token (auth-code-flow.mdx; domain fact 2.5)."""
    assert tenant_of("8A:Cust10001.q8ZkP3v") == "Cust10001"
    assert tenant_of("an-opaque-one") is None


def test_a_secrets_file_may_be_lines_of_kind_value_and_hosts(tmp_path: Path) -> None:
    path = tmp_path / "secrets.csv"
    path.write_text(
        'kind,value,allowed hosts\npassword,"a,b c-d_e9",id.a.test\nrecord_mark,mark-4711-x,*.a.test b.test\n'
    )

    assert list(read_secrets(path)) == [
        Secret("password", "a,b c-d_e9", (Allowed("id.a.test", "inside"),)),
        Secret("record_mark", "mark-4711-x", (Allowed("*.a.test", "any"), Allowed("b.test", "any"))),
    ]


@pytest.mark.parametrize("text", ["kind,value\n", "only\n", 'a,"b\n', "\x00\xff"])
def test_lines_that_are_no_secrets_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "secrets.csv").write_text(text)

    with pytest.raises(UsageError, match=r"secrets\.csv: no secrets file"):
        read_secrets(tmp_path / "secrets.csv")
