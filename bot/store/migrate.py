"""Bringing a database up to the newest migration, once, however many processes ask at the same moment."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 4702147  # any number, the same in every process


def upgrade(database_url: str) -> None:
    """Run what is missing; processes that start together wait for the first one. Raises SQLAlchemy's errors."""
    engine = create_engine(_driver_url(database_url), poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        connection.commit()
        try:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
            connection.commit()


def head() -> str:
    """The newest migration's name; what `bot check` compares the database with."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision  # noqa: S101 - the folder always holds at least the first migration
    return revision


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _driver_url(database_url: str) -> str:
    scheme, _, rest = database_url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else database_url
