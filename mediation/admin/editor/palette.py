"""What the panel of the flow editor offers: effects as element templates, forms, roles, flows, decisions, bindings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from documents.bundle import Layouts
from mediation.admin.editor import panel_words
from mediation.admin.editor.queries import Catalogue
from mediation.effects import BINDINGS, EFFECTS, EffectSpec
from mediation.vocabulary import shipped_vocabulary

# The name by which the modeler knows the kind of template; it is an identifier, nothing is fetched from it.
SCHEMA = "https://unpkg.com/@camunda/zeebe-element-templates-json-schema/resources/schema.json"
Option = dict[str, str]


def catalogue_for_panel(known: Catalogue, language: str) -> dict[str, Any]:
    """Everything that the panel lets one choose, with the words around it, for the page as JSON."""
    lists = _lists(known, language)
    return {
        "words": {key: str(text) for key, text in panel_words.PANEL.items()},
        "forms": _options(known.forms),
        "flows": _options(known.flows),
        "decisions": _options(known.decisions),
        "roles": [
            {"value": key, "label": role.name, "english": role.name_en} for key, role in known.roles.by_key.items()
        ],
        "bindings": [{"value": name, "label": name} for name in sorted(BINDINGS)],
        "effects": [_effect(spec, lists) for spec in _effects()],
    }


def element_templates(known: Catalogue, language: str) -> list[dict[str, Any]]:
    """One element template for each registered effect: its name, its required and its allowed headers."""
    lists = _lists(known, language)
    return [_template(spec, lists) for spec in _effects()]


def _effects() -> list[EffectSpec]:
    return [EFFECTS[name] for name in sorted(EFFECTS)]


def _options(names: Mapping[str, str]) -> list[Option]:
    return [_option(key, name) for key, name in sorted(names.items())]


def _option(key: str, name: str) -> Option:
    return {"value": key, "label": f"{name} · {key}" if name and name != key else key}


def _lists(known: Catalogue, language: str) -> dict[tuple[str, str], list[Option]]:
    """(effect, header) -> the choices that the signature leaves open and the release closes."""
    kinds = Layouts.shipped().kinds
    papers = [_option(key, panel_words.title_of(kinds[key], language)) for key in sorted(kinds)]
    templates = [_option(name, "") for name in sorted(shipped_vocabulary().templates or ())]
    return {
        ("issue-paper", "kind"): papers,
        ("send-notice", "template"): templates,
        ("open-process", "process"): _options(known.flows),
    }


def _fields(spec: EffectSpec, lists: Mapping[tuple[str, str], list[Option]]) -> list[dict[str, Any]]:
    """The headers, required ones first. A word that ends in a colon lets anything follow, so it is typed."""
    names = [*spec.required, *(name for name in spec.arguments if name not in spec.required)]
    return [_field(spec, name, lists.get((spec.name, name))) for name in names]


def _field(spec: EffectSpec, name: str, listed: list[Option] | None) -> dict[str, Any]:
    words = spec.arguments.get(name)
    closed = words is not None and not any(word.endswith(":") for word in words)
    options = listed or ([_option(word, panel_words.value(word)) for word in words or ()] if closed else None)
    told = "" if closed or words is None else panel_words.allowed(words)
    return {
        "key": name,
        "label": panel_words.argument(name),
        "required": name in spec.required,
        "options": options,
        "description": told,
    }


def _effect(spec: EffectSpec, lists: Mapping[tuple[str, str], list[Option]]) -> dict[str, Any]:
    return _option(spec.name, panel_words.effect(spec.name)) | {"fields": _fields(spec, lists)}


def _template(spec: EffectSpec, lists: Mapping[tuple[str, str], list[Option]]) -> dict[str, Any]:
    kind = {"type": "Hidden", "value": spec.name, "binding": {"type": "zeebe:taskDefinition", "property": "type"}}
    return {
        "$schema": SCHEMA,
        "id": f"effect-{spec.name}",
        "name": panel_words.effect(spec.name),
        "description": spec.name,
        "appliesTo": ["bpmn:Task", "bpmn:ServiceTask", "bpmn:SendTask"],
        "properties": [kind, *(_property(field) for field in _fields(spec, lists))],
    }


def _property(field: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": field["key"],
        "label": field["label"],
        "type": "Dropdown" if field["options"] else "String",
        "binding": {"type": "zeebe:taskHeader", "key": field["key"]},
    }
    if field["options"]:
        made["choices"] = [{"name": one["label"], "value": one["value"]} for one in field["options"]]
    if field["required"]:
        made["constraints"] = {"notEmpty": True}
    if field["description"]:
        made["description"] = field["description"]
    return made
