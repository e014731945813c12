"""Whatever can name a person is cleaned: each table, each free text is entered or has a reason."""

from sqlalchemy import MetaData, String, Table, Text

from onetime.store import erasures, schema
from onetime.store.columns import Said, metadata

ERASED_AT_ONCE = {
    "renters": "the person's own row gets a pseudonym",
    "authorization_tokens": "the person's cards get pseudonyms",
    "token_renters": "follows its card",
    "accounts": "the person's accounts are removed; others are other people",
    "sign_ins": "are removed with their account",
    "recovery_codes": "are removed with their account",
    "api_tokens": "those that act for the person are revoked, and get a pseudonym",
    "kept_answers": "those that name the person are forgotten",
    "erasures": "forget what they looked for when they are done",
    "card_revocations": "are renamed at the end",
    "revocation_confirmations": "belong to a revocation",
    "local_list_entries": "an erasure ends when no station holds the card any more",
}
NAME_NOBODY = {
    "charging_stations": "a computer: its maker, its model, what it can",
    "parking_spots": "a place; who names one after a person renames it",
    "spot_stations": "numbers and times",
    "spot_renters": "numbers and times",
    "meter_readings": "what a meter measured; signed values are worth nothing once changed",
    "boot_logs": "a computer: its maker, its model",
    "station_credentials": "hashes of keys",
    "unassigned_energy": "numbers and times",
    "quirk_counts": "numbers and times",
    "knocks": "computers that are not let in",
    "station_abilities": "what a computer can",
    "local_lists": "versions and times",
    "authorization_caches": "times",
    "number_series": "numbers that were given out",
    "harmful_actions": "numbers and times",
    "firmware_files": "names that stand in addresses",
    "setup_links": "hashes and times",
    "demo_spots": "which places belong to a demonstration",
    "authorities": "what signs the certificates of computers",
    "certificate_requests": "what a computer asks to be called, and why it was not",
    "security_errands": "what is done at a computer, and how far it is",
    "station_next_keys": "hashes of keys",
    "station_roots": "numbers of certificates",
}
COMPUTERS_WORDS = {
    "alarms.kind": "a word of ours",
    "charging_sessions.start_message_id": "a computer's number for a message",
    "ocpp_messages.action": "a word of OCPP",
    "ocpp_messages.message_id": "a computer's number for a message",
    "quarantined_frames.action": "a word of OCPP",
    "station_configurations.key": "the name of a setting",
    "desired_configurations.key": "the name of a setting",
    "certificates.common_name": "what a computer is called",
    "certificates.names": "what a computer is called",
    "certificates.certificate": "what a computer is called, signed",
    "station_connectors.status": "a word of OCPP",
    "station_connectors.error_code": "a word of OCPP",
    "audit_entries.before": "people stand there by their numbers (S24)",
    "audit_entries.after": "people stand there by their numbers (S24)",
}


def unentered(known: MetaData) -> list[str]:
    """The tables of which nobody has said whether they can name a person."""
    cleaned = {table.name for table, _ in erasures.PLACES}
    return sorted(set(known.tables) - cleaned - set(ERASED_AT_ONCE) - set(NAME_NOBODY))


def free_texts(table: Table) -> set[str]:
    """The columns in which whole sentences, or words of stations, can stand."""
    return {each.name for each in table.columns if isinstance(each.type, Said | Text)}


def test_every_table_is_cleaned_or_has_a_reason_why_not() -> None:
    assert schema.metadata is metadata  # with the tables of all pages
    assert unentered(metadata) == []
    reasons = {**ERASED_AT_ONCE, **NAME_NOBODY}
    assert set(reasons) <= set(metadata.tables)
    assert set(reasons).isdisjoint(table.name for table, _ in erasures.PLACES)
    assert all(len(each) > len("because") - 3 for each in reasons.values())


def test_every_free_text_of_a_table_that_is_cleaned_is_cleaned() -> None:
    missing = [
        f"{table.name}.{name}"
        for table, columns in erasures.PLACES
        for name in free_texts(table) - set(columns)
    ]

    assert sorted(each for each in missing if each not in COMPUTERS_WORDS) == []


def test_a_new_table_is_noticed() -> None:
    known = MetaData()
    new = Table("guests", known)

    assert unentered(known) == ["guests"]
    assert free_texts(new) == set()


def test_each_place_has_a_key_by_which_its_rows_follow_each_other() -> None:
    for table, columns in erasures.PLACES:
        assert "id" in table.c or "station_id" in table.primary_key.columns
        assert set(columns) <= set(table.c.keys())
        assert all(isinstance(table.c[name].type, String | Text | Said) for name in columns)
