"""Two entry flows from end to end, by the people whose steps they are: from the grid, and a public-service matter."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from PIL import Image
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Attachment, Case, Task
from tests.person import Person

Enter = Callable[[str], Person]
FOUND = {"summary": "楼道堆物", "place": "幸福街 3 号楼", "kind": "0402", "people": "1", "agency_needed": "y"}
TAKEN_IN = {
    "matter": "old_age", "applicant_name": "高翠兰", "applicant_phone": "13900000001", "applicant_address": "幸福街 3 号",
    "summary": "申请高龄津贴", "delivery": "door",
}  # fmt: skip


def photo() -> tuple[io.BytesIO, str]:
    content = io.BytesIO()
    Image.new("RGB", (60, 40), "grey").save(content, "JPEG")
    content.seek(0)
    return content, "照片.jpg"


def does(person: Person, step: str, answers: dict[str, Any], *, status: int = 200) -> None:
    """Claim the open step if nobody holds it, open it and hand it in."""
    task = db.session.scalars(select(Task).where(Task.element_id == step, Task.status == "open")).one()
    if task.claimed_by_id is None:
        person.post(f"/tasks/{task.id}/claim")
    person.get(f"/tasks/{task.id}")
    person.submit(answers, status=status)


def case() -> Case:
    return db.session.scalars(select(Case)).one()


def test_what_is_found_in_the_grid_is_put_right_told_and_assessed(enter: Enter) -> None:
    grid, street, company, dispatcher = (enter(one) for one in ("grid", "street", "property", "dispatcher"))
    grid.get("/register/grid_report")
    grid.submit(FOUND)
    does(dispatcher, "dispatch", {"level": "street", "days": "3"})
    does(street, "handle", {"decision": "rectify", "told": "请物业清理"})
    does(street, "order", {"company": "property", "order": "三日内清理楼道", "days": "3"})
    does(company, "answer", {"done": "已清理", "by": "管家明"}, status=422)
    assert not company.page.select("a[href$='/flow']")  # the drawing tells what others do: not for this house
    does(company, "answer", {"done": "已清理", "by": "管家明", "photos": photo()})
    does(grid, "check", {"result": "accepted"})
    does(grid, "feedback", {"satisfied": "nobody", "told": "已告知楼长"})
    does(dispatcher, "assess", {"speed": "good", "quality": "good", "points": "9"})
    assert (case().status, case().outcome) == ("closed", "settled")


def test_a_property_company_has_its_figure_for_the_half_month(enter: Enter) -> None:
    grid, street, company, dispatcher = (enter(one) for one in ("grid", "street", "property", "dispatcher"))
    grid.get("/register/grid_report")
    grid.submit(FOUND)
    does(dispatcher, "dispatch", {"level": "street", "days": "3"})
    does(street, "handle", {"decision": "rectify", "told": "请物业清理"})
    does(street, "order", {"company": "property", "order": "三日内清理楼道", "days": "3"})
    does(company, "answer", {"done": "已清理", "by": "管家明", "photos": photo()})
    does(grid, "check", {"result": "accepted"})
    dispatcher.get("/grid/property")
    row = dispatcher.page.select_one("tbody tr").get_text(" ", strip=True).split()
    assert row == ["安居物业", "100", "1", "1", "0", "1", "/", "1", "0"]


def test_a_matter_goes_from_the_agent_to_the_door(enter: Enter) -> None:
    agent, clerk, civil, grid = (enter(one) for one in ("agent", "clerk", "civil", "grid"))
    agent.get("/register/service_matter")
    agent.submit(TAKEN_IN)
    assert "登记回执" in agent.title()
    does(clerk, "proofs", {"proofs": ["id_card", "household"], "decision": "complete"})
    assert [party.name for party in case().parties] == ["高翠兰"]
    does(civil, "handle", {"result": "granted"})
    does(grid, "deliver", {"received_by": "高翠兰", "photos": photo()})
    does(agent, "evaluate", {"evaluation": "very"})
    assert (case().status, case().outcome) == ("closed", "granted")


def test_a_proof_that_was_abolished_is_not_on_the_list(enter: Enter) -> None:
    agent, clerk = enter("agent"), enter("clerk")
    agent.get("/register/service_matter")
    agent.submit(TAKEN_IN)
    task = db.session.scalars(select(Task).where(Task.element_id == "proofs", Task.status == "open")).one()
    clerk.post(f"/tasks/{task.id}/claim")
    clerk.get(f"/tasks/{task.id}")
    offered = [str(one["value"]) for one in clerk.page.select("input[name=proofs]")]
    assert offered == ["id_card", "household"]


def test_the_resident_sees_where_the_matter_stands(enter: Enter, resident: Callable[[], Person]) -> None:
    agent = enter("agent")
    agent.get("/register/service_matter")
    agent.submit(TAKEN_IN)
    code = agent.page.select_one(".number").get_text(strip=True)
    guest = resident()
    guest.get("/see")
    guest.submit({"case": case().code})
    guest.submit({"code": code})
    assert "您的事项已登记" in guest.text()


def test_a_photograph_that_two_brought_stays_when_one_of_them_throws_it_away(enter: Enter) -> None:
    one, other = enter("grid"), enter("grid2")
    for person in (one, other):
        person.get("/register/grid_report")
        person.submit({**FOUND, "place": "", "photos": photo()}, status=422)
    other.get("/register")
    other.post("/register/drop", {"draft": other.page.select_one("form [name=draft]")["value"]})
    one.submit({"place": "幸福街 3 号楼"})
    assert db.session.scalars(select(Attachment)).one().case_id == case().id


def test_what_is_saved_too_late_leaves_no_draft_of_a_case_that_is_there(enter: Enter) -> None:
    """The script saves as one types; its last word may come after the form was handed in."""
    grid = enter("grid")
    grid.get("/register/grid_report")
    late = grid.page.select_one("form#form")["action"].replace("?", "/draft?")
    grid.submit(FOUND)
    grid.stays()
    answer = grid.client.post(late, data={**FOUND, "csrf_token": grid.token()})
    assert answer.status_code == 409
    assert grid.get("/register").select_one("form [name=draft]") is None


def test_a_photograph_from_the_grid_belongs_to_no_side(enter: Enter) -> None:
    grid = enter("grid")
    grid.get("/register/grid_report")
    grid.submit({**FOUND, "agency_needed": "", "photos": photo()})
    grid.get(f"/cases/{case().id}/parties")
    assert "办案人员" in grid.text()
    assert not {"仅本方", "公开"} & set(grid.page.select_one("#files").get_text("|", strip=True).split("|"))
