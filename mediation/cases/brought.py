"""Files that come with a form before there is a case: kept at once, so that an error elsewhere loses none of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import current_app, request

from mediation.forms.controls import UploadsFileField
from mediation.storage import FileRefused, store

# Number -> name, original and preview (digests of stored files).
Files = dict[str, dict[str, Any]]


def keep(controls: Iterable[UploadsFileField], files: Files) -> bool:
    """Store what came with this request under further numbers of `files`; True when there was something. A file that is
    refused is told at its control."""
    found = False
    for control in controls:
        for upload in request.files.getlist(control.name):
            if not upload.filename:
                continue
            try:
                stored = store(upload.stream, upload.filename, limit=current_app.config["MAX_CONTENT_LENGTH"])
            except FileRefused as refused:
                control.errors = [*control.errors, refused.message]
                continue
            number = str(1 + max(map(int, files), default=0))
            preview = stored.preview.sha256 if stored.preview else None
            files[number] = {"name": stored.name, "original": stored.original.sha256, "preview": preview}
            control.kept[number] = stored.name
            found = True
    return found


def name(controls: Iterable[UploadsFileField], files: Files) -> None:
    """A request sends numbers alone: name those that are there, forget all others."""
    for control in controls:
        control.kept = {key: str(files[key]["name"]) for key in control.kept if key in files}


def chosen(controls: Iterable[UploadsFileField], files: Files) -> Files:
    """The files that these controls still hold."""
    return {key: files[key] for control in controls for key in control.kept}
