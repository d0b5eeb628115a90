"""manifest.json: what a directory holds, covered by a hash of itself, and read back with care.

Whatever is wrong with a manifest – cut, empty, edited, another program's – is told as UsageError:
what is read has either the digest that was written with it, or no use.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from sim.errors import UsageError
from sim.formatting import counted

MANIFEST = "manifest.json"
FORMAT = 2  # of a directory: raised when a table's columns change their names or meaning
DIGEST = "digest"  # the manifest's own: SHA-256 of its text without this key


def write_manifest(directory: Path, about: Mapping[str, object]) -> None:
    """Write manifest.json: what is given, `outputs`, the SHA-256 of every file there, and its own.

    Written last, so a directory with a manifest is whole.
    """
    # sorted, so that the same run writes the same manifest
    _write(directory, about, _digests(directory))


def write_extended(folder: Path, home: Path, about: Mapping[str, object]) -> None:
    """Write, into a folder of files to be added to `home`, the manifest that covers both."""
    outputs = {**read_manifest(home)["outputs"], **_digests(folder)}
    _write(folder, about, dict(sorted(outputs.items())))


def _digests(directory: Path) -> dict[str, str]:
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    return {path.relative_to(directory).as_posix(): digest(path) for path in files}


def _write(directory: Path, about: Mapping[str, object], outputs: Mapping[str, str]) -> None:
    known = {key: value for key, value in about.items() if key != DIGEST}
    known |= {"format": FORMAT, "outputs": outputs}
    text = _text({**known, DIGEST: _own_digest(known)})
    (directory / MANIFEST).write_bytes(text.encode())


def read_manifest(home: Path, *, expected: str | None = None) -> dict[str, Any]:
    """What manifest.json says; UsageError where there is none of ours, or one that was changed.

    `expected` is the SHA-256 of its bytes, if another manifest says so.
    """
    data = read_unchanged(home, MANIFEST, expected) if expected else _bytes_of(home)
    about = _parsed(data)
    if about is None:
        raise UsageError(f"{home / MANIFEST}: not the manifest of a run")
    own = about.pop(DIGEST, None)
    if own not in (None, _own_digest(about)):
        raise UsageError(f"{home / MANIFEST}: changed since the run wrote it")
    if own is None or about.get("format") != FORMAT:
        raise UsageError(
            f"{home}: written in format {about.get('format', 1)} by another version; this one "
            f"reads format {FORMAT}; run the scenario again"
        )
    return about


def manifest_of_a_run(directory: Path) -> dict[str, Any] | None:
    """The manifest there if it is one of ours, though changed or of an earlier version.

    Other programs write files of that name, too. Not to be relied on: for what may be replaced.
    """
    try:
        return _parsed((directory / MANIFEST).read_bytes())
    except OSError:
        return None


def read_unchanged(home: Path, name: str, expected: str | None) -> bytes:
    """The bytes of a file, which are those the run wrote; UsageError if it is gone or changed.

    What is hashed is what is parsed afterwards: a file that is replaced between two reads of it
    would be checked as one and used as the other.
    """
    try:
        data = (home / name).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(f"{home / name}: missing, although the run wrote it") from None
    if sha256(data).hexdigest() != expected:
        raise UsageError(f"{home / name}: changed since the run wrote it")
    return data


def describe_earlier(target: Path) -> str:
    """What an earlier run left there, in words; nothing where there is none."""
    about = manifest_of_a_run(target)
    if about is None:
        return ""
    paths, draws, seed, twins = (about.get(key) for key in ("paths", "draws", "seed", "twins"))
    if not isinstance(paths, int) or not isinstance(draws, int):
        return "an earlier run"  # of another version, or changed by hand
    size = f"{draws:,} x {paths:,} paths" if paths else counted(draws, "draw")
    beside = f" with {', '.join(map(str, twins))}" if isinstance(twins, list) and twins else ""
    return f"an earlier run of {size}, seed {seed}{beside}"


def foreign_files(home: Path) -> list[str]:
    """Files there that no run wrote, a user's notes perhaps: relative names, sorted."""
    about = manifest_of_a_run(home)
    if about is None:
        return []
    ours = {MANIFEST, *about["outputs"]}
    files = (one for one in home.rglob("*") if one.is_symlink() or one.is_file())
    return sorted(name for one in files if (name := one.relative_to(home).as_posix()) not in ours)


def other_source(about: Mapping[str, Any], name: str, file: str, content: str) -> str:
    """What a manifest is of, in words, if that is another scenario than this one; else nothing.

    The same is one of the same name from the same file, or from a file with the same text (moved,
    or kept in a run directory); `content` is the SHA-256 of the file.
    """
    main, files = about.get("file"), about.get("files")
    if not isinstance(main, str) or not isinstance(files, dict):
        return ""  # an earlier version did not say
    same_file = main == file or Path(main).absolute() == Path(file).absolute()
    if about["scenario"] == name and (same_file or files.get(main) == content):
        return ""
    return f"scenario {about['scenario']}" + (f" from {main}" if main else "")


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        total = sha256()
        while part := file.read(1 << 20):
            total.update(part)
    return total.hexdigest()


def _bytes_of(home: Path) -> bytes:
    try:
        return (home / MANIFEST).read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise UsageError(f"{home}: not a run directory (no {MANIFEST})") from None


def _parsed(data: bytes) -> dict[str, Any] | None:
    """A manifest, if the bytes are JSON and have the shape of one of ours."""
    try:
        about = json.loads(data.decode())
    # brackets in brackets, thousands deep, are no manifest either
    except (ValueError, RecursionError):
        return None
    ours = isinstance(about, dict) and isinstance(about.get("scenario"), str)
    return about if ours and isinstance(about.get("outputs"), dict) else None


def _text(about: Mapping[str, object]) -> str:
    """The manifest as text; JSON read and written again gives the same."""
    return json.dumps(about, indent=1, ensure_ascii=False) + "\n"


def _own_digest(about: Mapping[str, object]) -> str:
    # a lone surrogate, which JSON may hold and UTF-8 may not, is a change like any other
    return sha256(_text(about).encode(errors="surrogatepass")).hexdigest()
