"""Reads the files of a release from disk, and finds what a single file needs around it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from workflows.model import Bundle

LARGEST_FILE = 5 * 1024 * 1024
MOST_FILES = 5000
FLOW_PATTERNS = ("*.bpmn", "decisions/*.dmn", "forms/*.form", "roles.json", "i18n/*.json")
# A folder that somebody merely keeps flows in may hold decisions and forms beside them.
LOOSE_PATTERNS = (*FLOW_PATTERNS, "*.dmn", "*.form")
DOCUMENT_PATTERNS = ("kinds/*.json", "layouts/*")
_SUBFOLDERS = ("decisions", "forms", "i18n")
# The ids by which files refer to each other: a process, a decision, a form.
_DEFINES = re.compile(rb'<(?:\w+:)?(?:process|decision)\b[^>]*?\sid\s*=\s*["\']([^"\']+)["\']')


def read_folder(bpmn_dir: Path, documents_dir: Path | None = None) -> Bundle:
    """The bundle of a flow folder (`bpmn/`) and, when given, of the papers' folder (as `documents/…`).

    Raises FileNotFoundError when the folder is missing and ValueError when a file is larger than 5 MB.
    """
    if not bpmn_dir.is_dir():
        raise FileNotFoundError(f"There is no folder {bpmn_dir}")
    files = _read(bpmn_dir, LOOSE_PATTERNS)
    if documents_dir is not None:
        papers = _read(documents_dir, DOCUMENT_PATTERNS)
        files |= {f"documents/{path}": content for path, content in papers.items()}
    return Bundle(files)


def read_files(paths: Iterable[Path]) -> Bundle:
    """A bundle of single files, placed by their kind (`forms/` for .form, `decisions/` for .dmn)."""
    return Bundle({_placed(path): _content(path) for path in paths})


def for_file(path: Path, shipped: Bundle) -> tuple[Bundle, str]:
    """The bundle in which one file is read, and the file's path in it.

    Names resolve in the file itself, then in its own folder, then in the shipped release. A neighbour or shipped file
    that defines the same process, decision or form gives way. Translations are the folder's own or none: a file
    somebody tries out owes nobody an English text.
    """
    home = path.parent.parent if path.parent.name in _SUBFOLDERS else path.parent
    own_path = path.relative_to(home).as_posix()
    own = {own_path: _content(path)}
    neighbours = _read(home, LOOSE_PATTERNS, lenient=True)
    files = _yielding(own, neighbours)
    inherited = {name: content for name, content in shipped.files.items() if not name.startswith("i18n/")}
    return Bundle(_yielding(files, inherited)), own_path


def _yielding(first: dict[str, bytes], others: Iterable[tuple[str, bytes]] | dict[str, bytes]) -> dict[str, bytes]:
    """`first`, completed by the others that neither share a path nor define a name that is taken."""
    pairs = others.items() if isinstance(others, dict) else others
    taken = {name for path, content in first.items() for name in _defined(path, content)}
    rest = {path: content for path, content in pairs if path not in first and not taken & set(_defined(path, content))}
    return {**rest, **first}


def _defined(path: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    kind = path.rpartition(".")[2]
    if kind in ("bpmn", "dmn"):
        yield from ((kind, found) for found in _DEFINES.findall(content))
    elif kind == "form" and (name := _form_id(content)):
        yield kind, name


def _form_id(content: bytes) -> bytes:
    try:
        form = json.loads(content)
    except (ValueError, RecursionError):
        return b""
    name = form.get("id") if isinstance(form, dict) else None
    return name.encode() if isinstance(name, str) else b""


def _read(folder: Path, patterns: Iterable[str], lenient: bool = False) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for pattern in patterns:
        for path in sorted(folder.glob(pattern)):
            if len(found) >= MOST_FILES:
                break
            if path.is_file() and not path.name.startswith(".") and not (lenient and _unreadable(path)):
                found[path.relative_to(folder).as_posix()] = _content(path)
    return found


def _unreadable(path: Path) -> bool:
    try:
        _content(path)
    except (OSError, ValueError):
        return True
    return False


def _content(path: Path) -> bytes:
    if path.stat().st_size > LARGEST_FILE:
        raise ValueError(f"{path.name} is larger than 5 MB")
    return path.read_bytes()


def _placed(path: Path) -> str:
    folder = {".form": "forms/", ".dmn": "decisions/"}.get(path.suffix, "")
    return f"{folder}{path.name}"
