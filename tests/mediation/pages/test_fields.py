"""The form macros: what is wrong is said twice, at the top and at the field; rows work without a script."""

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import (
    DecimalField,
    FieldList,
    FileField,
    Form,
    FormField,
    HiddenField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

PAGE = """{% from "macros/fields.html" import error_summary, form_fields, open_form, submit_bar %}
{{ error_summary(form) }}
{% call open_form("/task", draft_url="/draft") %}
{{ form_fields(form, redraw_url="/task") }}{{ submit_bar("Send to be signed", draft=true) }}
{% endcall %}"""


class Instalment(Form):
    amount = DecimalField("Amount", [InputRequired("An amount is missing")])


class Agreement(Form):
    facts = TextAreaField("Facts", [InputRequired("Please write down what happened")], description="Time and place")
    manner = RadioField("Manner", choices=[SelectChoice("once", "At once"), SelectChoice("parts", "In parts")])
    instalments = FieldList(FormField(Instalment), "Instalments", min_entries=2, max_entries=3)
    scan = FileField("Scan")
    mark = HiddenField()
    note = StringField("Note")


@pytest.fixture
def wrong_form():
    form = Agreement(MultiDict({"manner": "parts", "instalments-0-amount": "5", "instalments-1-amount": ""}))
    assert not form.validate()
    return form


def test_every_mistake_is_in_the_summary_and_leads_to_its_field(draw, wrong_form):
    page = draw(PAGE, form=wrong_form)
    links = page.select(".error-summary a")
    assert [link.text for link in links] == [
        "Facts: Please write down what happened",
        "Instalments 2: Amount: An amount is missing",
    ]
    assert all(page.select_one(f'[id="{link["href"][1:]}"]') for link in links)


def test_a_wrong_field_says_so_to_a_screen_reader(draw, wrong_form):
    page = draw(PAGE, form=wrong_form)
    field = page.find(id="facts")
    assert field["aria-invalid"] == "true"
    assert field["aria-describedby"].split() == ["facts-error", "facts-hint"]
    assert all(page.find(id=described) for described in field["aria-describedby"].split())


def test_a_right_form_has_no_summary_and_no_marks_of_mistakes(draw):
    page = draw(PAGE, form=Agreement())
    assert not page.select(".error-summary, .field-wrong, [aria-invalid]")


def test_every_control_has_a_label(draw):
    page = draw(PAGE, form=Agreement())
    named = {label.get("for") for label in page.select("label")}
    controls = page.select("#fields input:not([type=hidden]), #fields textarea, #fields select")
    assert controls
    unnamed = [control["id"] for control in controls if control["id"] not in named and not control.find_parent("label")]
    assert unnamed == []


def test_rows_are_added_and_removed_by_buttons_of_the_form(draw):
    page = draw(PAGE, form=Agreement())
    assert [button["value"] for button in page.select("button[name=_remove]")] == ["instalments-0", "instalments-1"]
    assert page.select_one("button[name=_add]")["value"] == "instalments"
    assert all("formnovalidate" in button.attrs for button in page.select("button[name=_add], button[name=_remove]"))


def test_a_full_list_offers_no_further_row(draw):
    form = Agreement(MultiDict({f"instalments-{n}-amount": "1" for n in range(3)}))
    assert not draw(PAGE, form=form).select("button[name=_add]")


def test_the_enter_key_sends_the_form_and_removes_nothing(draw):
    first_button = draw(PAGE, form=Agreement()).select_one("form button")
    assert "default-submit" in first_button["class"]
    assert not first_button.get("name")


def test_sections_give_order_and_headings(draw):
    form = Agreement()
    form.sections = [
        ("What happened", None, ["facts"]),
        ("How it is performed", "Sums must agree", ["manner", "instalments"]),
    ]
    page = draw(PAGE, form=form)
    assert [legend.text for legend in page.select(".form-section > legend")] == ["What happened", "How it is performed"]
    assert not page.find(id="note")


def test_a_hidden_field_is_not_drawn_and_a_known_one_says_so(draw):
    form = Agreement()
    form.note.hidden_now = True
    form.facts.known = True
    page = draw(PAGE, form=form)
    assert not page.find(id="note")
    assert "already known" in page.find("label", {"for": "facts"}).text


def test_what_others_depend_on_redraws_and_offers_a_button_without_a_script(draw):
    form = Agreement()
    assert not draw(PAGE, form=form).select("noscript button")
    form.manner.drives = True
    page = draw(PAGE, form=form)
    assert len(page.select("input[data-redraw]")) == 2
    assert page.select_one("noscript button")["name"] == "_redraw"


def test_a_chosen_file_survives_a_redraw(draw):
    assert draw(PAGE, form=Agreement()).find(id="scan")["hx-preserve"] == "true"


def test_what_people_type_is_escaped(draw):
    page = draw(PAGE, form=Agreement(data={"note": '"><script>alert(1)</script>'}))
    assert not page.select("script")
