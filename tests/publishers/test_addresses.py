from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.publishers.addresses import Address, UnsafeAddress, configured_address, is_public, learnt_address, public_ip
from scheduler.publishers.places import is_kin

ELSEWHERE = Address("https://plc.example", "plc.example")
HERE = Address("http://localhost:2582", "localhost")


@pytest.mark.parametrize(
    ("written", "base", "host"),
    [
        ("https://social.example.org", "https://social.example.org", "social.example.org"),
        ("https://social.example.org/", "https://social.example.org", "social.example.org"),
        ("social.example.org", "https://social.example.org", "social.example.org"),
        ("https://social.example.org:8443/api", "https://social.example.org:8443/api", "social.example.org"),
        ("http://localhost:2583", "http://localhost:2583", "localhost"),
        ("http://127.0.0.1:2583", "http://127.0.0.1:2583", "127.0.0.1"),
        ("http://[::1]:2583", "http://[::1]:2583", "::1"),
        ("https://10.0.0.7", "https://10.0.0.7", "10.0.0.7"),
    ],
)
def test_an_address_that_a_person_wrote_is_taken_in_their_own_network_too(written: str, base: str, host: str) -> None:
    assert configured_address(written, "The setting  server") == Address(base, host)


@pytest.mark.parametrize(
    "written",
    [
        "http://social.example.org",
        "http://localhost.example.org",
        "http://127.0.0.1.example.org",
        "http://10.0.0.7",
        "ftp://social.example.org",
        "https://",
        "https://user:word@social.example.org",
        "https://social.example.org?token=1",
        "https://social.example.org#x",
        "https://social.example.org:99999",
        "https://social example.org",
        "https://[::1",
        "file:///etc/passwd",
        "",
    ],
)
def test_an_address_that_would_send_secrets_in_the_open_is_refused_with_the_setting_s_name(written: str) -> None:
    with pytest.raises(UnsafeAddress, match=r"The setting  server  of \[accounts.a\]"):
        configured_address(written, "The setting  server  of [accounts.a]")


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        found = configured_address(text, "It")
    except UnsafeAddress:
        return
    assert found.base.startswith("https://") or found.host in {"localhost", "127.0.0.1", "::1"} or found.host.endswith(".localhost")


@pytest.mark.parametrize(
    "told", ["http://pds.example.org", "http://127.0.0.1:1", "https://127.0.0.1", "https://localhost:2583", "https://[::1]"]
)
def test_a_stranger_cannot_point_us_to_this_machine_or_to_an_open_line(told: str) -> None:
    with pytest.raises(UnsafeAddress):
        learnt_address(told, ELSEWHERE)


def test_what_a_stranger_tells_is_looked_at_again_before_it_is_connected_to() -> None:
    assert not learnt_address("https://pds.example.org", ELSEWHERE).trusted
    assert learnt_address("http://localhost:2583", HERE).trusted


@pytest.mark.parametrize(
    ("ip", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:169.254.169.254", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("2002:7f00:1::1", False),
        ("2002:a9fe:a9fe::", False),
        ("2001:0:7f00:1::1", False),
        ("64:ff9b:1::7f00:1", False),
        ("64:ff9b:1::808:808", False),
        ("64:ff9b::e000:1", False),
        ("fec0::1", False),
        ("::ffff:0:127.0.0.1", False),
        ("::127.0.0.1", False),
        ("::8.8.8.8", False),
        ("4000::1", False),
        ("2606:4700:4700::1111", True),
    ],
)
def test_what_is_public_and_what_only_looks_so(ip: str, public: bool) -> None:
    assert is_public(ip) is public


def test_a_name_that_leads_to_this_machine_is_not_connected_to() -> None:
    with pytest.raises(UnsafeAddress, match=r"no public address"):
        public_ip("localhost", ["93.184.216.34", "127.0.0.1"])


@pytest.mark.parametrize(
    ("near", "far", "kin"),
    [
        ("https://api.linkedin.com", "https://www.linkedin.com/upload", True),
        ("https://api.linkedin.com", "https://evil-linkedin.com/upload", False),
        ("https://api.linkedin.com", "http://www.linkedin.com/upload", False),
        ("https://api.linkedin.co.uk", "https://www.linkedin.co.uk/upload", True),
        ("https://api.linkedin.co.uk", "https://evil.co.uk/upload", False),
        ("https://linkedin.org.my", "https://evil.org.my/upload", False),
        ("https://api.linkedin.de", "https://www.linkedin.de/upload", True),
        ("https://93.184.216.34", "https://1.2.216.34/upload", False),
        ("https://intranet", "https://evil.intranet/upload", False),
    ],
)
def test_a_token_is_shown_to_the_organisation_s_own_servers_alone(near: str, far: str, *, kin: bool) -> None:
    assert is_kin(far, Address(near, urlsplit(near).hostname or "")) is kin
