"""What there is to say of a garage as a whole."""

from onetime.queries.site import Site, site
from onetime.store.transaction import Transaction


def test_a_new_garage_has_no_name_and_is_not_locked(tx: Transaction) -> None:
    assert site(tx.connection) == Site(
        name="",
        locked_at=None,
        locked_by=None,
        lock_reason=None,
        has_demo=False,
        may_have_demo=True,
    )
