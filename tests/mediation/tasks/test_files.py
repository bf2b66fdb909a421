"""Files in a task's form: kept at once, so that a mistake elsewhere loses none; refused ones are told at their field."""

from __future__ import annotations

import io
import json

from flask import Flask
from PIL import Image
from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict

from mediation.extensions import command, db
from mediation.forms import AnswerForm, Circumstances
from mediation.models import Attachment
from mediation.tasks.asking import keep_files, name_files
from tests.house import House
from tests.mediation.tasks.desk import put
from workflows import forms

PHOTOS = {"type": "filepicker", "key": "photos", "label": "照片", "multiple": True, "validate": {"required": True}}


def photograph(name: str) -> FileStorage:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(buffer, "JPEG")
    buffer.seek(0)
    return FileStorage(buffer, filename=name)


def form(**typed: str) -> AnswerForm:
    definition = forms.parse(json.dumps({"id": "f", "components": [PHOTOS]}).encode())
    return AnswerForm(definition, Circumstances({"case": {}}), typed=MultiDict({"x": "y", **typed}))


def test_a_file_is_put_to_the_case_and_its_id_is_the_answer(app: Flask, house: House) -> None:
    with app.test_request_context("/"), command():
        task, filled = put(house, "clerk"), form()
        sent = MultiDict([("photos", photograph("现场.jpg")), ("photos", FileStorage(io.BytesIO(), filename=""))])
        assert keep_files(filled, sent, task, limit=1_000_000, by=house.users["clerk"])
        row = db.session.scalars(select(Attachment)).one()
        assert filled.check()
        assert filled.answers == {"photos": [str(row.id)]}
        again = form(**{"photos-kept": str(row.id)})
        assert again.check()
        assert again.answers == {"photos": [str(row.id)]}


def test_a_file_of_another_case_is_not_taken_along(app: Flask, house: House) -> None:
    with app.test_request_context("/"), command():
        task, other = put(house, "clerk"), put(house, "clerk")
        keep_files(form(), MultiDict([("photos", photograph("a.jpg"))]), other, limit=1_000_000, by=house.users["clerk"])
        foreign = db.session.scalars(select(Attachment)).one()
        filled = form(**{"photos-kept": str(foreign.id)})
        name_files(filled, task)
        assert not filled.check()


def test_a_file_that_is_not_taken_is_told_at_its_field(app: Flask, house: House) -> None:
    with app.test_request_context("/"), command():
        task, filled = put(house, "clerk"), form()
        sent = MultiDict([("photos", FileStorage(io.BytesIO(b"<html><script>"), filename="photo.jpg"))])
        assert not keep_files(filled, sent, task, limit=1_000_000, by=house.users["clerk"])
        assert filled["photos"].errors
        assert db.session.scalars(select(Attachment)).all() == []
