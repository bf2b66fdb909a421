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

    Raises FileNotFoundError when the folder is missing. A file that is too large is for the readers to refuse.
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
    return Bundle({_placed(path): path.read_bytes() for path in paths})


def for_file(path: Path, shipped: Bundle) -> tuple[Bundle, frozenset[str]]:
    """The bundle in which one file is judged, and the file's path in it.

    Names resolve in the file itself, then in its own folder, then in the shipped release. A neighbour or shipped file
    that defines the same process, decision or form gives way. Translations are the folder's own or none: a file
    somebody tries out owes nobody an English text. Raises OSError.
    """
    home = path.parent.parent if path.parent.name in _SUBFOLDERS else path.parent
    own_path = _known_kind(path.relative_to(home).as_posix())
    own = {own_path: path.read_bytes()}
    neighbours = {name: content for name, content in _read(home, LOOSE_PATTERNS).items() if len(content) < LARGEST_FILE}
    return Bundle(_completed(_yielding(own, neighbours), shipped)), frozenset({own_path})


def for_folder(folder: Path, shipped: Bundle) -> tuple[Bundle, frozenset[str]]:
    """The bundle in which a whole folder is judged, and the paths of its own files. Raises OSError."""
    own = _read(folder, LOOSE_PATTERNS)
    return Bundle(_completed(own, shipped)), frozenset(own)


def _completed(own: dict[str, bytes], shipped: Bundle) -> dict[str, bytes]:
    """A folder with what it does not define itself, except for translations."""
    return _yielding(own, {name: content for name, content in shipped.files.items() if not name.startswith("i18n/")})


def _known_kind(path: str) -> str:
    """A file of another suffix is judged as what it most likely is: a form when it is JSON, otherwise a diagram."""
    if path.endswith((".bpmn", ".dmn", ".form")) or path == "roles.json" or path.startswith("i18n/"):
        return path
    return f"{path}.form" if path.endswith(".json") else f"{path}.bpmn"


def _yielding(first: dict[str, bytes], others: dict[str, bytes]) -> dict[str, bytes]:
    """`first`, completed by the others that neither share a path nor define a name that is taken."""
    taken = {name for path, content in first.items() for name in _defined(path, content)}
    free = {path for path, content in others.items() if not taken & set(_defined(path, content))}
    return {**{path: others[path] for path in others if path in free and path not in first}, **first}


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


def _read(folder: Path, patterns: Iterable[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for pattern in patterns:
        for path in sorted(folder.glob(pattern)):
            if len(found) >= MOST_FILES:
                break
            if path.is_file() and not path.name.startswith("."):
                found[path.relative_to(folder).as_posix()] = path.read_bytes()
    return found


def _placed(path: Path) -> str:
    folder = {".form": "forms/", ".dmn": "decisions/"}.get(path.suffix, "")
    return f"{folder}{path.name}"
