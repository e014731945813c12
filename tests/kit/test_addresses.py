"""What shares a quota."""

from onetime.kit.addresses import neighbourhood


def test_an_address_stands_for_itself_and_a_customer_of_ipv6_for_all_of_theirs() -> None:
    assert neighbourhood("192.0.2.7") == "192.0.2.7"
    assert neighbourhood("2001:db8::1") == neighbourhood("2001:db8::ffff:1") == "2001:db8::/64"
    assert neighbourhood("2001:db8:0:1::1") == "2001:db8:0:1::/64"
    assert neighbourhood("fe80::1%eth0") == "fe80::/64"


def test_an_address_of_the_older_kind_in_the_newer_form_is_the_same() -> None:
    assert neighbourhood("::ffff:192.0.2.7") == "192.0.2.7"
