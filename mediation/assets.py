"""Finds the built files of the pages: names carry a hash of the content, so browsers may keep them for ever."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Flask, g, url_for
from markupsafe import Markup, escape

DIST = Path(__file__).parent / "static" / "dist"
MANIFEST = DIST / "manifest.json"
A_YEAR = 365 * 24 * 3600


class AssetMissing(LookupError):
    """A page asks for a file that the build has not made."""


@dataclass(frozen=True)
class Manifest:
    """What the build made: names in the source with their names on disk, and the icons in the sprite."""

    files: dict[str, str]
    icons: frozenset[str]


@lru_cache(maxsize=2)
def _read_manifest(_built_at_ns: int) -> Manifest:
    made = json.loads(MANIFEST.read_text("utf-8"))
    return Manifest(made["files"], frozenset(made["icons"]))


def manifest() -> Manifest:
    """Return what the build made; read again when a build has replaced it."""
    try:
        return _read_manifest(MANIFEST.stat().st_mtime_ns)
    except FileNotFoundError:
        raise AssetMissing("The pages' files are not built yet: start with `make run`.") from None


def built(name: str) -> Path:
    """Return the file that was built, e.g. `built('check.html')`; AssetMissing for a name that was not built."""
    try:
        return DIST / manifest().files[name]
    except KeyError:
        raise AssetMissing(f"The build makes no {name!r}; it makes {', '.join(sorted(manifest().files))}.") from None


def asset(name: str) -> str:
    """Return the address of a built file, e.g. `asset('app.css')`; AssetMissing for a name that was not built."""
    return url_for("static", filename=f"dist/{built(name).name}")


def icon(name: str, css_class: str = "") -> Markup:
    """Return an icon of the sprite as SVG. It says nothing to a screen reader: the words stand beside it."""
    if "sprite" not in g:  # a page draws dozens of them
        g.sprite, g.icons = asset("icons.svg"), manifest().icons
    if name not in g.icons:
        raise AssetMissing(f"No icon {name!r} was built: name it in static/src/icons.json, or start with `make run`.")
    return _draw(g.sprite, name, css_class)


@lru_cache(maxsize=512)
def _draw(sprite: str, name: str, css_class: str) -> Markup:
    drawing = '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>'
    # Markup.format escapes what is put in.
    return Markup(drawing).format(css_class, escape(sprite), name)


def init_app(app: Flask) -> None:
    """Give the templates `asset` and `icon`; let browsers keep static files, since a changed file has another name."""
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = A_YEAR
    # An empty frame, so that pages drawn without one (errors, tests of a part) still come out.
    app.jinja_env.globals.update(asset=asset, icon=icon, frame={})
