"""How Alembic reaches the database: through the connection that `mediation.schema` hands over."""

from __future__ import annotations

from alembic import context

from mediation.extensions import db

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=db.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    user_module_prefix="mediation.models.types.",
)
with context.begin_transaction():
    context.run_migrations()
