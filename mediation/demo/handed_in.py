"""What people bring along in the demonstration centre: photographs that are drawn here, and what colleagues ask."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import select

from mediation import clock
from mediation.cases.operations import attach
from mediation.extensions import command, db
from mediation.models import Case, Task, TaskComment, User
from mediation.storage import Kept, store

# Cases whose first side brings a picture, and what colleagues remark beside an open step.
PICTURES = ("王桂芳与李强相邻漏水纠纷", "高空抛物损害纠纷", "三期赔偿履行中", "拖欠农民工工资纠纷", "共有墙拆改纠纷")
REMARKS = {
    "拖欠农民工工资纠纷": "十二人的工资表已核对，合计与申请一致。",
    "共有墙拆改纠纷": "被申请人说周末才能来签字，请提前电话提醒。",
}
LIMIT = 5_000_000


def bring_along(now: datetime) -> None:
    """Photographs of the first side, an hour after its case was registered, and remarks of this morning."""
    clerk = db.session.scalars(select(User).where(User.login == "clerk")).one()
    for case in db.session.scalars(select(Case).where(Case.title.in_(PICTURES)).order_by(Case.id)).all():
        with clock.at(min(now, case.registered_at + timedelta(hours=1))), command():
            picture = store(drawn(case.id), "现场照片.jpg", limit=LIMIT)
            attach(case, picture, party=case.parties[0], purpose="evidence", by=clerk)
    with clock.at(now), command():
        db.session.add_all(_remarks(clerk))


def _remarks(clerk: User) -> list[TaskComment]:
    query = select(Task).join(Task.case).where(Task.status == "open", Case.title.in_(REMARKS)).order_by(Task.id)
    return [
        TaskComment(
            task_id=task.id, case_id=task.case_id, by_id=clerk.id, at=clock.now(), text=REMARKS[task.case.title]
        )
        for task in db.session.scalars(query)
    ]


def with_pictures(case: Case, given: dict[str, Any], by: User) -> dict[str, Any]:
    """The answers of a step with its photographs attached to the case: captions become numbers of attachments."""
    captions = given.pop("pictures", [])
    if not captions:
        return given
    rows = [attach(case, taken(caption), party=None, purpose="evidence", by=by) for caption in captions]
    db.session.flush()
    return {**given, "photos": [str(row.id) for row in rows]}


def taken(caption: str) -> Kept:
    """A stored picture under its caption: a paper with a stamp where something is signed for, else a wall."""
    draw = paper if caption.endswith(("证", "回执")) else drawn
    return store(draw(sum(map(ord, caption))), f"{caption}.jpg", limit=LIMIT)


def paper(number: int) -> bytes:
    """A sheet on a table, written on and stamped; the same number gives the same picture."""
    image = Image.new("RGB", (1200, 900), (142, 118, 96))
    draw = ImageDraw.Draw(image)
    draw.rectangle((320, 60, 880, 840), fill=(250, 249, 244))
    for row in range(9):
        draw.rectangle((380, 200 + row * 50, 820 - (number * (row + 3)) % 200, 210 + row * 50), fill=(120, 124, 132))
    draw.ellipse((640, 620, 800, 780), outline=(190, 40, 40), width=10)
    return _jpeg(image)


def drawn(number: int) -> bytes:
    """A wall with a stain, a little different for each case; the same number gives the same picture."""
    image = Image.new("RGB", (1200, 900), (226, 221, 210))
    draw = ImageDraw.Draw(image)
    for row in range(0, 900, 90):
        for left in range(-(row // 90 % 2) * 75, 1200, 150):
            draw.rectangle((left, row, left + 146, row + 86), fill=(214, 207, 193))
    for ring in range(6):
        reach = 360 - ring * 50
        middle = (500 + number * 37 % 250, 380 + number * 53 % 150)
        box = (middle[0] - reach, middle[1] - reach // 2, middle[0] + reach, middle[1] + reach // 2)
        draw.ellipse(box, fill=(196 - ring * 12, 184 - ring * 14, 160 - ring * 16))
    return _jpeg(image)


def _jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()
