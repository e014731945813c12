"""Runs migrations on the connection that `schema.py` hands over."""

from alembic import context
from sqlalchemy import Connection

from onetime.store.schema import metadata

connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    user_module_prefix="columns.",
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
