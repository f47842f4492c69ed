"""The workspace: a folder of regions, studies and runs, and what may be asked of it.

```
workspace/
├── regions/<id>/state.json, data/, originals/, cache/
├── studies/<id>/study.yaml
├── runs/<id>/            bundles, or whatif.json
├── jobs.sqlite           the queue
└── tokens.json           who may come in from elsewhere
```
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from buju.region import Examination, examine_region
from buju.region.writing import write_together
from buju.serve.problems import Problem, fault_record
from buju.serve.titles import titles_of, unlike

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def now() -> str:
    """The time in UTC, as stored everywhere."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def new_id(words: str) -> str:
    """An id that starts with the words where they are Latin, and is like no other.

    >>> new_id("My Region 1")[:12]
    'my-region-1-'
    """
    slug = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:30].strip("-")
    return f"{slug or 'id'}-{secrets.token_hex(3)}"


@dataclass(frozen=True)
class Workspace:
    """The folder in which everything that is uploaded and computed is kept."""

    path: Path

    @classmethod
    def open(cls, path: str | Path) -> Workspace:
        """The workspace at a path; made where it is absent."""
        folder = Path(path).resolve()
        for name in ("regions", "studies", "runs"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        return cls(folder)

    def folder(self, kind: str, name: str) -> Path:
        """The folder of a region, study or run; an id that is none is refused.

        Ids hold no dots or slashes, so that nothing outside the workspace can be named.
        """
        path = self.path / kind / name
        if not _ID.fullmatch(name) or not path.is_dir():
            words = {"regions": "区域", "studies": "研究", "runs": "运行"}[kind]
            raise Problem(404, f"没有这个{words}：{name}", f"{kind} has no '{name}'")
        return path

    def names(self, kind: str) -> list[str]:
        """Ids of all regions, studies or runs."""
        found = (p.name for p in (self.path / kind).iterdir() if p.is_dir())
        return sorted(name for name in found if _ID.fullmatch(name))

    # regions

    def region_state(self, name: str) -> dict[str, Any]:
        """What is known of a region without reading its tables."""
        file = self.folder("regions", name) / "state.json"
        return json.loads(file.read_text(encoding="utf-8"))

    def region_data(self, name: str) -> Path:
        """The folder that `read_region` takes."""
        return self.folder("regions", name) / "data"

    def take_region(
        self,
        data: Path,
        *,
        title: str,
        file: str,
        original: Path | None,
        name: str = "",
        title_en: str = "",
    ) -> dict[str, Any]:
        """Examine a folder of tables and keep it as a region, faults or not.

        Parameters
        ----------
        data
            A folder in the workspace's file system; it is moved.
        title, title_en, file
            Titles of the region, and name of the file that was uploaded. A new region without
            a title is called as `buju.serve.titles` says; a title in use is numbered.
        original
            The file itself, kept among the originals.
        name
            The region that is replaced; a new one is made where it is empty.
        """
        seen = examine_region(data)
        fresh = not name
        if fresh:
            if not title:
                title, title_en = titles_of(data, file, dict(seen.tables))
            title, title_en = self._untaken(title, title_en)
        name = name or new_id(title_en or title)
        folder = self.path / "regions" / name
        (folder / "originals").mkdir(parents=True, exist_ok=True)
        if original is not None:
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
            shutil.move(original, folder / "originals" / f"{stamp}{original.suffix}")
        created = now() if fresh else str(self.region_state(name)["created"])
        state = _state(seen, name, title, file, created) | {"title_en": title_en or title}
        old = folder / "data.old"
        if (folder / "data").exists():
            (folder / "data").rename(old)
        shutil.move(data, folder / "data")
        write_json(folder / "state.json", state)
        shutil.rmtree(old, ignore_errors=True)
        shutil.rmtree(folder / "cache", ignore_errors=True)
        return state

    def _untaken(self, title: str, title_en: str) -> tuple[str, str]:
        states = [self.region_state(other) for other in self.names("regions")]
        zh = unlike(title, {str(state["title"]) for state in states})
        return zh, unlike(title_en or title, {str(state["title_en"]) for state in states})

    def name_region(self, name: str, title: str, title_en: str) -> dict[str, Any]:
        """Call a region otherwise; its id and data stay."""
        state = self.region_state(name) | {"title": title, "title_en": title_en}
        write_json(self.folder("regions", name) / "state.json", state)
        return state

    # studies

    def study_file(self, name: str) -> Path:
        """The study file of a study."""
        return self.folder("studies", name) / "study.yaml"

    def study_region(self, name: str) -> str:
        """The id of the region that a study speaks of."""
        content = yaml.safe_load(self.study_file(name).read_text(encoding="utf-8"))
        return Path(str(content["region"])).parent.name

    def studies_of(self, region: str) -> list[str]:
        """Studies of a region."""
        return [name for name in self.names("studies") if self.study_region(name) == region]

    def write_study(self, name: str, content: Mapping[str, Any]) -> None:
        """Put a study file in place, whole or not at all."""
        text = yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False, width=100)
        folder = self.path / "studies" / name
        folder.mkdir(exist_ok=True)
        write_together(folder, {"study.yaml": text.encode()})


def _state(seen: Examination, name: str, title: str, file: str, created: str) -> dict[str, Any]:
    return {
        "region": name,
        "title": title,
        "state": "faults" if seen.faults else "ready",
        "created": created,
        "updated": now(),
        "file": file,
        "faults": [fault_record(fault) for fault in seen.faults],
        "notes": [_note(text) for text in seen.notes],
        "tables": {table: len(frame) for table, frame in seen.tables.items() if len(frame)},
        "files": dict(seen.files),
        "approval": str(seen.package.get("map_approval_number") or ""),
    }


def _note(text: str) -> dict[str, str]:
    chinese, _, english = text.partition(" / ")
    return {"zh": chinese, "en": english or chinese}


def write_json(path: Path, content: Any) -> None:
    """Write JSON aside and put it in place."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False)
    write_together(path.parent, {path.name: text.encode()})
