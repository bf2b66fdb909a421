"""A photograph such as a grid worker takes: small, real, and never twice the same."""

from __future__ import annotations

import io
from random import Random

from PIL import Image

from mediation.storage import Kept, store


def photograph(rng: Random) -> Kept:
    """A stored picture of one colour."""
    image = Image.new("RGB", (16, 12), tuple(rng.randrange(256) for _ in range(3)))  # type: ignore[arg-type]
    content = io.BytesIO()
    image.save(content, "JPEG")
    return store(content.getvalue(), "现场照片.jpg", limit=10**6)
