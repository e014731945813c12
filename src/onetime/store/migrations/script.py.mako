"""${message}.

Revision ${up_revision}, after ${down_revision | comma,n}.
"""

import sqlalchemy as sa
from alembic import op

from onetime.store import columns
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Take the schema one step back."""
    ${downgrades if downgrades else "pass"}
