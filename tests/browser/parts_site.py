"""A site of three pages made of nothing but the shared parts, for trying out in a browser what the scripts do."""

from pathlib import Path

from flask import Flask, Response, render_template_string, request
from flask_babel import Babel
from flask_wtf import CSRFProtect
from wtforms import DecimalField, FieldList, Form, FormField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from mediation import assets, words

ROOT = Path(__file__).resolve().parents[2]
POLICY = "default-src 'self'; img-src 'self' data: blob:; form-action 'self'; base-uri 'none'; object-src 'none'"
WORK = """{% extends "base.html" %}{% from "macros/page.html" import post_button, menu, link_item %}
{% block heading %}My work{% endblock %}
{% block actions %}{{ post_button("/end", "End it", "danger", confirm="Nothing brings it back.") }}
{% call menu("Further") %}{{ link_item("/cases", "Export") }}{% endcall %}{% endblock %}
{% block content %}<table class="table rows"><tbody><tr data-href="/task">
<td><a class="row-link" href="/task">Draft</a></td><td>Wang and Li</td></tr></tbody></table>{% endblock %}"""
TASK = """{% extends "base.html" %}
{% from "macros/fields.html" import error_summary, form_fields, open_form, submit_bar %}
{% block heading %}Draft the agreement{% endblock %}
{% block content %}{{ error_summary(form) }}{% call open_form("/task", draft_url="/draft") %}
{{ form_fields(form, redraw_url="/task") }}{{ submit_bar("Send to be signed", draft=true) }}
{% endcall %}{% endblock %}"""
DONE = """{% extends "base.html" %}{% block heading %}Done: {{ request.path }}{% endblock %}"""


class Instalment(Form):
    amount = DecimalField("Amount", [InputRequired()])


class Agreement(Form):
    facts = StringField("Facts", [InputRequired()])
    manner = RadioField("Manner", choices=[SelectChoice("once", "At once"), SelectChoice("parts", "In parts")])
    reason = StringField("Why in parts")
    instalments = FieldList(FormField(Instalment), "Instalments", min_entries=1)


def _form() -> Agreement:
    form = Agreement(request.form)
    form.manner.drives = True
    form.reason.hidden_now = form.manner.data != "parts"
    if request.form.get("_add"):
        form.instalments.append_entry()
    return form


def build_site() -> Flask:
    site = Flask("parts", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "mediation" / "static"))
    site.config.update(SECRET_KEY="a site of parts has no secrets")
    Babel(site, locale_selector=lambda: "en")
    CSRFProtect(site)
    assets.init_app(site)
    words.init_app(site)
    site.context_processor(lambda: {"frame": _frame()})
    site.after_request(_with_policy)
    site.add_url_rule("/", view_func=lambda: render_template_string(WORK), endpoint="work")
    site.add_url_rule("/cases", view_func=lambda: render_template_string(DONE), endpoint="cases")
    site.add_url_rule("/end", view_func=lambda: render_template_string(DONE), endpoint="end", methods=["POST"])
    site.add_url_rule("/draft", view_func=lambda: {"saved": "10:21"}, endpoint="draft", methods=["POST"])
    site.add_url_rule("/task", view_func=_task, endpoint="task", methods=["GET", "POST"])
    return site


def _task() -> str | tuple[str, int]:
    form = _form()
    unsent = request.method == "GET" or any(key in request.form for key in ("_add", "_remove", "_redraw"))
    if unsent:
        return render_template_string(TASK, form=form)
    if form.validate():
        return render_template_string(DONE)
    return render_template_string(TASK, form=form), 422


def _frame() -> dict[str, object]:
    places = [{"key": "work", "label": "My work", "url": "/"}, {"key": "cases", "label": "Cases", "url": "/cases"}]
    return {"centre": "Green Hill Centre", "places": places, "search_url": "/cases", "user_name": "Li Xiao"}


def _with_policy(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    return response
