"""Compiled releases by their hash, a few at a time, shared by all threads of a process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from workflows.compile import Definition, compile_bundle
from workflows.model import Bundle, EngineError

KEPT = 16

_kept: OrderedDict[str, Definition] = OrderedDict()
_lock = Lock()


def get(release: str, load: Callable[[], Bundle]) -> Definition:
    """The definition of a release; `load` brings its files when it has to be compiled.

    Compiling happens outside the lock: two threads may both do it once, and neither holds up the others. Raises
    EngineError("wrong-release") when the files that came are not that release.
    """
    with _lock:
        found = _kept.get(release)
        if found is not None:
            _kept.move_to_end(release)
            return found
    compiled = compile_bundle(load())
    if compiled.hash != release:
        raise EngineError("wrong-release", "The stored files are not those of this release.")
    with _lock:
        _kept[release] = compiled
        _kept.move_to_end(release)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return compiled


def clear() -> None:
    """Forget every compiled release."""
    with _lock:
        _kept.clear()
