"""How a resident comes in: with two codes, and with nothing else."""


def enter(person, registered, who=0):
    person.get("/see")
    person.submit({"case": registered.case.code})
    return person.submit({"code": registered.codes[registered.case.parties[who].id]})


def test_both_codes_open_the_status_page(resident, registered):
    person = resident()
    enter(person, registered)
    assert "您的案件办到哪一步" in person.text() or "纠纷" in person.text()
