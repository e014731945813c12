"""What a table of renters, spots, cards or stations would bring, without bringing it."""

from sqlalchemy import Connection

from onetime.domain.import_lines import Fault
from onetime.domain.imports import Draft, Noun, Plan, plan
from onetime.kit.sheets import SheetFault, read
from onetime.store import audit, imports


def import_draft(connection: Connection, noun: Noun, content: bytes) -> Draft:
    """Read a table and work out what it would bring, with everything that is wrong with it."""
    head = audit.head(connection)
    try:
        lines = read(content)
    except SheetFault as fault:
        unread = Plan((), 0, (Fault(fault.line, None, fault.sentence),))
        return Draft(noun=noun, lines=(), plan=unread, audit_head=head)
    asked = plan(noun, lines, imports.known(connection, noun))
    return Draft(noun=noun, lines=lines, plan=asked, audit_head=head)
