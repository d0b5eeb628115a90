"""The scenario as it was run, kept in the run directory: every file as parsed, and the model.

scenario/     the files, byte for byte, beside each other as they were, so that what one says of
              another (`extends`, `include`) still leads there
model.yaml    the model that was walked, interventions applied: the machine form
warnings.json what `check` warned of when it was run: a list, as `check --json` prints it
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from sim.errors import UsageError
from sim.results.manifest import read_unchanged

MODEL = "model.yaml"
WARNINGS = "warnings.json"
FOLDER = "scenario"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A scenario to read again: its files by relative name, and which of them is the scenario."""

    main: str  # a name in `files`; the model, where no other file was read
    files: Mapping[str, bytes]

    def to_manifest(self) -> dict[str, Any]:
        """What the manifest says of it: the names."""
        return {"main": self.main, "files": sorted(self.files)}


def record(
    machine_form: str,
    files: Mapping[str, bytes],
    main: str,
    warnings: Sequence[Mapping[str, object]] = (),
) -> Record:
    """The record of a scenario; of a model alone, `files` is empty."""
    text = json.dumps(list(warnings), indent=1, ensure_ascii=False) + "\n"
    kept = {MODEL: machine_form.encode(), WARNINGS: text.encode(errors="surrogatepass")}
    if not files:
        return Record(main=MODEL, files=kept)
    names = names_of(files)
    kept |= {names[file]: data for file, data in files.items()}
    return Record(main=names[main], files=kept)


def warnings_of(kept: Record) -> list[dict[str, object]]:
    """What the scenario was warned of when it was run; nothing where that was not recorded."""
    data = kept.files.get(WARNINGS)
    return list(json.loads(data)) if data is not None else []


def read_record(home: Path, manifest: Mapping[str, Any]) -> Record:
    """The record in a run directory; UsageError if a file of it is gone or was changed."""
    about, outputs = manifest["record"], manifest["outputs"]
    parts = [PurePosixPath(name) for name in about["files"]]
    if any(one.is_absolute() or ".." in one.parts for one in parts):
        raise UsageError(f"{home}: its manifest names files outside of it")
    files = {name: read_unchanged(home, name, outputs.get(name)) for name in about["files"]}
    return Record(main=about["main"], files=files)


def names_of(files: Iterable[str]) -> dict[str, str]:
    """Where each file of a scenario is kept in a run directory: below the folder of them all."""
    # abspath and not resolve: `extends: ../base.yaml` is read beside a link, not where it leads
    named = {file: _as_file(file) for file in files}
    absolute = {file: os.path.abspath(name) for file, name in named.items()}
    try:
        common = os.path.commonpath([os.path.dirname(one) for one in absolute.values()])
    except ValueError:  # on several disks of Windows
        return {
            file: f"{FOLDER}/{index}/{Path(_as_file(file)).name}"
            for index, file in enumerate(named)
        }
    below = {file: Path(one).relative_to(common).as_posix() for file, one in absolute.items()}
    return {file: f"{FOLDER}/{name}" for file, name in below.items()}


def _as_file(name: str) -> str:
    """The name; of `<text>`, which was in memory and which no system allows, `text.yaml`."""
    return f"{name[1:-1]}.yaml" if name.startswith("<") and name.endswith(">") else name
