"""Rooms and interpreters of the demonstration centre, and its dispute of many: roster, election, the agencies at one table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from mediation import clock
from mediation.demo.answers import ANSWERERS, Answerer
from mediation.demo.stories import Story
from mediation.extensions import db
from mediation.groups import elections, queries, roster
from mediation.groups.elections import Candidate
from mediation.meetings.booking import free_rooms
from mediation.models import Agency, Interpreter, Room, Task, User

# Name, kind, how many it holds, whether a wheelchair gets in, what stands in it.
ROOMS = (
    ("第一调解室", "Mediation room 1", "mediation", 8, True, "录音、显示屏"),
    ("第二调解室", "Mediation room 2", "mediation", 8, True, "录音"),
    ("第三调解室（分室）", "Mediation room 3 (two doors)", "mediation", 6, False, "两扇门，可以分别等候"),
    ("视频调解室", "Video room", "video", 6, True, "摄像头、双屏"),
    ("联席会议室", "Joint meeting room", "joint", 30, True, "投影、扩音"),
    ("心理咨询室", "Counselling room", "counselling", 3, True, "沙盘"),
    ("法律援助室", "Legal aid room", "legal_aid", 4, True, ""),
    ("速裁法庭", "Fast-track court room", "fast_court", 20, True, "庭审录像"),
    ("行政复议室", "Reconsideration room", "reconsideration", 10, True, "录音"),
)
INTERPRETERS = (
    ("乌云", "mongolian", ""),
    ("斯琴", "mongolian", ""),
    ("何慧", "sign", "区残联"),
    ("金哲", "other", "朝鲜语"),
)
MEMBERS, TELEPHONE = 312, "135"
ASKED = {"must": ["housing", "police", "judicial"], "may": ["procuratorate", "legal_aid"]}
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "建国秀兰志强桂英海燕玉珍文斌春梅德明淑华立新丽娟"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def furnish() -> None:
    """Rooms and the register of interpreters of the centre."""
    centre = db.session.scalars(select(Agency).where(Agency.key == "centre")).one()
    db.session.add_all(
        Room(agency_id=centre.id, name=name, name_en=english, kind=kind, capacity=capacity, accessible=accessible, equipment=equipment)
        for name, english, kind, capacity, accessible, equipment in ROOMS
    )
    db.session.add_all(
        Interpreter(agency_id=centre.id, name=name, language=language, note=note, phone=f"0400-55502{place:02d}")
        for place, (name, language, note) in enumerate(INTERPRETERS)
    )


def _import(task: Task, by: User) -> None:
    roster.take_in(task.case, [_owner(number) for number in range(1, MEMBERS + 1)], by=by)


def _owner(number: int) -> dict[str, str]:
    """An invented owner of an invented shop; the number is valid in form only, its district code is nobody's."""
    name = _SURNAMES[number % 20] + _GIVEN[(number * 2) % 24 : (number * 2) % 24 + 1 + number % 2]
    begins = f"150299{1955 + number % 40}{number % 12 + 1:02d}{number % 28 + 1:02d}{number % 1000:03d}"
    check = "10X98765432"[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, begins, strict=True)) % 11]
    return {
        "name": name, "id_number": begins + check, "phone": f"{TELEPHONE}{number * 7919 % 10**8:08d}",
        "unit": f"{number // 110 + 1} 层 {number % 110 + 1:03d} 号", "area": f"{12 + number % 18}.{number % 10}0",
        "claim": str(6000 + number % 9 * 500), "note": "", "line": str(number),
    }  # fmt: skip


def _elect(task: Task, by: User) -> None:
    known = queries.by_ordinals(task.case, {7, 58, 133, 201})
    votes = {7: 214, 58: 187, 133: 162, 201: 41}
    stood = [Candidate(member, votes[ordinal], ordinal != 201) for ordinal, member in known.items()]
    elections.elect(task.case, clock.today(), 268, stood, "在图书商城一层大厅公开推选，当场唱票。", by=by)


# What has to be there before a step can be handed in.
BEFORE: dict[str, Callable[[Task, User], None]] = {"roster": _import, "represent": _elect}


def _opinion(_story: Story, task: Task, _known: dict[str, object]) -> dict[str, object]:
    name = task.pool.agency.name
    return {
        "position": "ours" if task.pool.agency.kind in ("housing", "judicial-office") else "partly", "attends": "yes",
        "opinion": f"{name}：已核对职责范围内的情况，愿意参加联席会议并承担相应工作。", "attendee": f"{name}联络员",
    }  # fmt: skip


def _call(_story: Story, task: Task, known: dict[str, object]) -> dict[str, object]:
    starts_at = known["starts_at"]
    rooms = [room for room in free_rooms(task.case, starts_at, starts_at + timedelta(hours=2)) if room.kind == "joint"]  # type: ignore[operator, arg-type]
    return {"room": str(rooms[0].id) if rooms else None, "place": "", "remote": [], "guests": "", "duration": 120}


_JOINT: dict[str, Answerer] = {
    "prepare": lambda _s, _t, known: {
        **ASKED,
        "question": known.get("question") or "",
        "answer_days": 3,
        "group": "yes",
    },
    "roster": lambda _s, _t, _k: {"complete": True},
    "represent": lambda _s, _t, _k: {"way": "representatives"},
    "opinion": _opinion,
    "call": _call,
}
ANSWERERS |= _JOINT
