"""The public face: checkpoint, hash tiles and entry bundles as plain files.

Bundles and tiles are written first, the checkpoint last, so that a reader who has a checkpoint
finds all that it speaks of. Everything here can be written again from the database.
"""

from __future__ import annotations

from pathlib import Path

from buju.attest.ledger.refusals import LedgerRefused
from buju.attest.stores.database import Database
from buju.attest.stores.files import make_folder, put

WIDTH = 256


def tile_path(level: int | str, index: int, width: int = WIDTH) -> str:
    """Path of a tile below the public folder; `level` may be "entries".

    >>> tile_path(0, 1234067), tile_path("entries", 0, 5)
    ('tile/0/x001/x234/067', 'tile/entries/000.p/5')
    """
    digits = f"{index:d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    parts = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    name = "/".join([f"x{part}" for part in parts[:-1]] + parts[-1:])
    return f"tile/{level}/{name}" + (f".p/{width}" if width < WIDTH else "")


def tile_bytes(database: Database, level: int | str, index: int, width: int) -> bytes:
    """The `width` hashes of a tile, or the entries of a bundle with their lengths before them."""
    begin, end = index * WIDTH, index * WIDTH + width
    if level == "entries":
        query = "SELECT leaf FROM entry WHERE idx>=? AND idx<? ORDER BY idx"
        leaves = [row[0] for row in database.rows(query, begin, end)]
        found = [len(one).to_bytes(2, "big") + one for one in leaves]
    elif level == 0:
        query = "SELECT hash FROM entry WHERE idx>=? AND idx<? ORDER BY idx"
        found = [row[0] for row in database.rows(query, begin, end)]
    else:
        query = "SELECT hash FROM node WHERE level=? AND idx>=? AND idx<? ORDER BY idx"
        found = [row[0] for row in database.rows(query, 8 * int(level), begin, end)]
    if len(found) != width:
        raise LedgerRefused("database-damaged", f"tile {level}/{index}: rows are missing")
    return b"".join(found)


def tiles_between(old: int, size: int) -> list[tuple[int | str, int, int]]:
    """(level, index, width) of each tile that `size` entries need and `old` did not have."""
    found: list[tuple[int | str, int, int]] = []
    level = 0
    while size >> 8 * level:
        before, after = old >> 8 * level, size >> 8 * level
        if before != after:
            for index in range(before // WIDTH, -(-after // WIDTH)):
                width = min(WIDTH, after - index * WIDTH)
                found += [("entries", index, width)] if level == 0 else []
                found.append((level, index, width))
        level += 1
    return found


def publish(database: Database, folder: Path, old: int, size: int, note: str) -> None:
    """Write all tiles from `old` to `size` entries, then the checkpoint.

    A file that stands at the path of a full tile is left alone when it is right and refused
    when it is not; nothing is ever written there but a full tile.
    """
    for level, index, width in tiles_between(old, size):
        path = folder / tile_path(level, index, width)
        data = tile_bytes(database, level, index, width)
        make_folder(path.parent)
        if width == WIDTH and path.exists():
            if path.read_bytes() != data:
                raise altered(path, index * WIDTH)
            continue
        put(path, data)
    make_folder(folder)
    put(folder / "checkpoint", note.encode())


def altered(path: Path, index: int) -> LedgerRefused:
    """The refusal of a public file that is not what the database says."""
    return LedgerRefused(
        "public-altered",
        f"{path} differs from the database: one of them was changed. Compare with a witness, then "
        "move the public folder aside and call Log.rebuild()",
        f"{path} 与数据库不一致，其一被改动。请与见证方核对后重建公开目录。",
        index=index,
    )


def check_public(database: Database, folder: Path, size: int, since: int = 0) -> None:
    """Compare every tile that `size` entries need, and `since` did not, with the database."""
    for level, index, width in tiles_between(since, size):
        path = folder / tile_path(level, index, width)
        if not path.exists() or path.read_bytes() != tile_bytes(database, level, index, width):
            span = 1 if level == "entries" else 256 ** int(level)
            raise altered(path, index * WIDTH * span)
