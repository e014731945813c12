"""What tables mean: what is new, what is there already, and everything that is wrong."""

import pytest
from msgspec import Struct

from onetime.domain.import_lines import (
    Known,
    NewRenter,
    NewSpot,
    NewStation,
    NewToken,
    RenterThere,
)
from onetime.domain.imports import COLUMNS, MAX_LINES, Noun, Plan, key_of, plan
from onetime.domain.tokens import TokenStatus
from onetime.kit.sheets import Line, read
from onetime.queries.renters import Renter
from onetime.queries.spots import Spot
from onetime.queries.stations import Station
from onetime.queries.tokens import Token

ANNA = RenterThere(1, "anna@example.org", True)
TWINS = (RenterThere(2, "twins@example.org", True), RenterThere(3, "Twins@example.org", True))
GONE = RenterThere(4, "gone@example.org", False)
NOTHING = Known({}, (ANNA, *TWINS, GONE), frozenset({"CP-1", "CP-2"}), frozenset({"CP-9"}))


def planned(noun: Noun, table: str, *there: NewRenter | NewSpot | NewToken | NewStation) -> Plan:
    known = Known(
        {key_of(each): each for each in there},
        NOTHING.renters,
        NOTHING.working_stations,
        NOTHING.retired_stations,
    )
    return plan(noun, read(table.encode()), known)


def faults(noun: Noun, table: str, *there: NewRenter | NewSpot | NewToken | NewStation) -> list:
    return [(each.line, each.field, each.sentence) for each in planned(noun, table, *there).faults]


def test_columns_may_stand_in_any_order_and_case() -> None:
    asked = planned(Noun.RENTERS, "Contact Email,NAME\nanna@example.org, Anna  Example \n")

    assert asked.new == (
        NewRenter(name="Anna Example", contact_email="anna@example.org", phone_number=None),
    )


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("", [(1, None, "The table is empty: its first line names the columns.")]),
        (
            "name,street\nAnna,Long\n",
            [
                (
                    1,
                    "street",
                    "There is no column 'street'; there are contact_email, name, phone_number.",
                ),
                (1, "contact_email", "The column 'contact_email' is missing."),
            ],
        ),
        (
            "name,contact_email,name\n",
            [(1, "name", "The column 'name' is there twice.")],
        ),
        (
            "name,contact_email\nAnna,anna@example.org,more\n",
            [(2, None, "3 cells, but 2 columns.")],
        ),
    ],
)
def test_a_table_of_another_form_is_told(table: str, expected: list) -> None:
    assert faults(Noun.RENTERS, table) == expected


def test_everything_that_is_wrong_is_told_at_once_and_then_nothing_is_new() -> None:
    asked = planned(
        Noun.RENTERS,
        "name,contact_email,phone_number\n"
        "Anna,anna@example.org,+49 30 1234\n"
        ",anna,abc\n"
        "Bert,bert@example.org,\n"
        "BERT,Bert@Example.org,\n",
    )

    assert asked.new == ()
    assert [(each.line, each.field) for each in asked.faults] == [
        (3, "name"),
        (3, "contact_email"),
        (3, "phone_number"),
        (5, None),
    ]
    assert asked.faults[-1].sentence == "Line 4 says the same renter already."


def test_a_line_that_is_there_already_is_left_alone_and_one_that_contradicts_is_a_fault() -> None:
    anna = NewRenter(name="Anna", contact_email="anna@example.org", phone_number="030 1234")
    table = "name,contact_email,phone_number\nanna,Anna@example.org,{}\nBert,b@example.org,\n"

    same = planned(Noun.RENTERS, table.format("030 1234"), anna)
    silent = planned(Noun.RENTERS, table.format(""), anna)
    other = faults(Noun.RENTERS, table.format("030 9999"), anna)

    assert (len(same.new), same.unchanged) == (len(silent.new), silent.unchanged) == (1, 1)
    assert [each[:2] for each in other] == [(2, "phone_number")]
    assert "is there already with another value" in other[0][2]


def test_a_table_has_an_end() -> None:
    lines = [Line(1, ("id",))]
    lines += [Line(number + 2, (f"CP-{number}",)) for number in range(MAX_LINES + 1)]

    assert len(plan(Noun.STATIONS, lines[:-1], Known({})).new) == MAX_LINES
    (fault,) = plan(Noun.STATIONS, lines, Known({})).faults
    assert (fault.line, fault.sentence) == (
        MAX_LINES + 2,
        "A table has at most 5,000 lines; divide this one.",
    )


def test_spots_name_renters_and_stations() -> None:
    asked = planned(
        Noun.SPOTS,
        "label;floor_level;renter_email;charging_station_id\n"
        "B-1;Level -2;Anna@Example.org;CP-1\n"
        "B-2;;;\n",
    )

    assert asked.new == (
        NewSpot(label="B-1", floor_level="Level -2", renter_id=1, charging_station_id="CP-1"),
        NewSpot(label="B-2", floor_level=None, renter_id=None, charging_station_id=None),
    )


def test_a_spot_with_a_renter_or_station_that_can_not_be_is_told() -> None:
    taken = NewSpot(label="A-1", floor_level=None, renter_id=None, charging_station_id="CP-2")

    assert faults(
        Noun.SPOTS,
        "label,renter_email,renter_id,charging_station_id\n"
        "B-1,,99,\n"
        "B-2,twins@example.org,,\n"
        "B-3,gone@example.org,,CP-1\n"
        "B-4,,x,CP-9\n"
        "B-5,,,CP-7\n"
        "B-6,,,CP-2\n"
        "B-7,,,CP-1\n",
        taken,
    ) == [
        (2, "renter_id", "There is no renter with this id."),
        (3, "renter_email", "There is more than one renter with this email."),
        (4, "renter_email", "Renter 4 is not active any more; reactivate first."),
        (5, "charging_station_id", "Station CP-9 is retired."),
        (5, "renter_id", "'x' is no whole number from 1 to 1000000000000000000."),
        (6, "charging_station_id", "Station CP-7 is not registered."),
        (7, "charging_station_id", "Station CP-2 stands at spot A-1."),
        (8, "charging_station_id", "Station CP-1 stands at spot B-3."),
    ]


def test_cards_are_one_card_whatever_their_case() -> None:
    there = NewToken(
        token="04A1B2C3",
        renter_id=1,
        status=TokenStatus.BLOCKED,
        expiry_date=None,
        description="Key ring",
        parent_id_tag=None,
    )
    table = "token,renter_email,status\n04a1b2c3,anna@example.org,{}\n04FF,anna@example.org,\n"

    same = planned(Noun.TOKENS, table.format("Blocked"), there)

    assert (same.unchanged, [key_of(each) for each in same.new]) == (1, ["04ff"])
    assert [each[:2] for each in faults(Noun.TOKENS, table.format("Accepted"), there)] == [
        (2, "status")
    ]


def test_a_card_without_renter_or_with_impossible_values_is_told() -> None:
    table = (
        "token,renter_id,status,expiry_date,parent_id_tag\n"
        "04A1,,,,\n"
        "04A1B2C3D4E5F60718293,1,Fine,tomorrow,\n"
        "04A2,1,,2026-12-31,x" + "y" * 20 + "\n"
    )

    assert [each[:2] for each in faults(Noun.TOKENS, table)] == [
        (2, "renter_id"),
        (3, "token"),
        (3, "status"),
        (3, "expiry_date"),
        (4, "parent_id_tag"),
    ]


def test_stations_have_a_profile_and_perhaps_a_password() -> None:
    asked = planned(
        Noun.STATIONS,
        "id,security_profile,password,power_limit_watts\n"
        "CP-10,,,11000\n"
        "CP-11,2,a-password-of-24-letters,\n",
    )

    assert asked.new == (
        NewStation(id="CP-10", security_profile=1, power_limit_watts=11_000),
        NewStation(
            id="CP-11",
            security_profile=2,
            power_limit_watts=None,
            password="a-password-of-24-letters",
        ),
    )
    table = "id,security_profile,password,power_limit_watts\nCP 1,4,short,0\nCP-9,0,{},\n"
    told = faults(Noun.STATIONS, table.format("a-password-of-24-letters"))
    assert [each[:2] for each in told] == [
        (2, "id"),
        (2, "security_profile"),
        (2, "password"),
        (2, "power_limit_watts"),
        (3, "id"),
        (3, "password"),
    ]


@pytest.mark.parametrize(
    ("noun", "shown"),
    [
        (Noun.RENTERS, Renter),
        (Noun.SPOTS, Spot),
        (Noun.TOKENS, Token),
        (Noun.STATIONS, Station),
    ],
)
def test_what_is_exported_can_be_brought_again(noun: Noun, shown: type[Struct]) -> None:
    columns = COLUMNS[noun]
    possible = {each for group in columns.needed for each in group}

    assert {*shown.__struct_fields__} <= possible | {*columns.possible} | {*columns.told}
