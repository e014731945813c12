"""Where a station may be sent, and where not (S27)."""

import pytest

from onetime.kit.places import why_refused

SENT_INSIDE = (
    "http://127.0.0.1/fw",
    "https://127.9.9.9:8443/fw",
    "http://localhost/fw",
    "http://LOCALHOST./fw",
    "http://a.localhost/fw",
    "ftp://user:word@127.0.0.1/fw",
    "http://good.example@127.0.0.1/fw",
    "http://0.0.0.0/fw",
    "http://0/fw",
    "http://127.1/fw",
    "http://2130706433/fw",
    "http://0x7f000001/fw",
    "http://0x7f.0.0.1/fw",
    "http://0177.0.0.1/fw",
    "http://017700000001/fw",
    "http://169.254.169.254/latest/meta-data/",
    "http://169.254.1.1/fw",
    "http://2852039166/latest",
    "http://0xa9fea9fe/latest",
    "http://100.100.100.200/latest",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://224.0.0.1/fw",
    "http://255.255.255.255/fw",
    "http://[::1]/fw",
    "http://[::]/fw",
    "http://[0:0:0:0:0:0:0:1]/fw",
    "http://[::ffff:127.0.0.1]/fw",
    "http://[::ffff:7f00:1]/fw",
    "http://[::127.0.0.1]/fw",
    "http://[64:ff9b::7f00:1]/fw",
    "http://[2002:7f00:1::]/fw",
    "http://[fe80::1]/fw",
    "http://[fd00:ec2::254]/latest",
    "http://[ff02::1]/fw",
)
NO_PLACE = (
    "",
    "fw.bin",
    "//good.example/fw",
    "http:good.example",
    "http:///fw",
    "http://good.example\\@127.0.0.1/fw",
    "http://a@b@127.0.0.1/fw",
    "http://good.example /fw",
    "http://good.example\r\nHost: x/fw",
    "http://good.example\t/fw",
    "http://127.0.0.1%2f@good.example%00/fw",
    "http://%31%32%37.0.0.1/fw",
    "http://[fe80::1%25eth0]/fw",
    "http://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/fw",
    "http://\uff4c\uff4f\uff43\uff41\uff4c\uff48\uff4f\uff53\uff54/fw",
    "http://good.example:99999/fw",
    "http://good.example:0/fw",
    "http://[::1/fw",
    "https://good.example/" + "a" * 2_000,
)
ODD_SCHEMES = (
    "file:///etc/passwd",
    "file://good.example/etc/passwd",
    "gopher://good.example/x",
    "dict://good.example:11211/stat",
    "ldap://good.example/x",
    "jar:http://good.example!/x",
    "data:text/plain,x",
    "javascript:alert(1)",
    "tftp://good.example/x",
)
USUAL = (
    "https://files.example/firmware",
    "http://files.example:8080/a/b?c=d",
    "ftp://user:secret@files.example/in",
    "ftps://files.example./in",
    "sftp://192.168.1.20/in",
    "http://10.0.0.5:8000/fw.bin",
    "http://[2001:db8:1::5]/fw",
    "http://nas/fw",
    "HTTPS://Files.Example/FW",
)


@pytest.mark.parametrize("place", [*SENT_INSIDE, *NO_PLACE, *ODD_SCHEMES])
def test_no_station_is_sent_there_whatever_is_allowed(place: str) -> None:
    for hosts in ((), ("good.example",)):
        sentence = why_refused(place, hosts)
        assert sentence is not None
        assert sentence.endswith(".")


@pytest.mark.parametrize("place", USUAL)
def test_stations_are_sent_to_usual_places(place: str) -> None:
    assert why_refused(place) is None


@pytest.mark.parametrize(
    ("place", "is_allowed"),
    [
        ("https://good.example/fw", True),
        ("https://GOOD.example.:8443/fw", True),
        ("https://10.0.0.5/fw", True),
        ("http://good.example/fw", False),
        ("ftp://good.example/fw", False),
        ("https://other.example/fw", False),
        ("https://good.example.other.example/fw", False),
        ("https://sub.good.example/fw", False),
        ("https://good.example@other.example/fw", False),
        ("https://user:word@good.example/fw", False),
        ("https://10.0.0.6/fw", False),
    ],
)
def test_where_hosts_are_named_only_they_and_only_by_https(place: str, is_allowed: bool) -> None:
    assert (why_refused(place, ("good.example", "10.0.0.5")) is None) == is_allowed
