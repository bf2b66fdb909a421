"""pyHanko runs an event loop of its own, which a thread that is inside one already does not allow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


def without_a_loop(work: Callable[[], Result]) -> Result:
    """What `work` returns; done in a thread of its own when this one is inside an event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work()
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(work).result()
