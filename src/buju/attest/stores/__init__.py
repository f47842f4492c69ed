"""Where bytes are kept: the write store in SQLite and static files for everyone else."""

from buju.attest.stores.database import Database
from buju.attest.stores.files import Lock, put

__all__ = ["Database", "Lock", "put"]
