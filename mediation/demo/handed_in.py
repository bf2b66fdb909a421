"""What people bring along in the demonstration centre: photographs that are drawn here, and what colleagues ask."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

from PIL import Image, ImageDraw
from sqlalchemy import select

from mediation import clock
from mediation.cases.operations import attach
from mediation.extensions import command, db
from mediation.models import Case, Task, TaskComment, User
from mediation.storage import store

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
        TaskComment(task_id=task.id, case_id=task.case_id, by_id=clerk.id, at=clock.now(), text=REMARKS[task.case.title])
        for task in db.session.scalars(query)
    ]


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
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()
