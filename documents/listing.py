"""What kinds of paper there are and which facts each needs, straight from the data: `mediation papers` prints it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from documents.bundle import Kind, Layouts
from documents.facts import Field

HEADINGS = ("key", "名称", "name", "signed by", "seal", "number", "kept", "facts")


def overview(layouts: Layouts) -> list[tuple[str, ...]]:
    """A row a kind, as :data:`HEADINGS`: who signs, which seal, its series of numbers, retention, required facts."""
    return [_row(kind) for kind in layouts.kinds.values()]


def _row(kind: Kind) -> tuple[str, ...]:
    required = sum(_required(field) for field in kind.facts.values())
    hands = ", ".join(kind.signed_by) or "—"
    series = str(kind.numbering["series"])
    return (kind.key, kind.name["zh"], kind.name["en"], hands, kind.seal, series, kind.retention, str(required))


def detail(layouts: Layouts, key: str) -> list[str]:
    """The lines that say all of one kind: its grounds, its rules, its facts and the records they are made of.

    Raises PaperRefused ``unknown-kind``.
    """
    kind = layouts.kind(key)
    lines = [f"{kind.key} · {kind.name['zh']} · {kind.name['en']}"]
    lines.append(
        f"addressed to {kind.addressed_to}; signed by {', '.join(kind.signed_by) or 'nobody'}; seal: {kind.seal}; "
        f"electronic signature: {'yes' if kind.electronic_signature else 'no'}; kept: {kind.retention}"
    )
    lines.append(f"ground: {'、'.join(kind.basis)}; rules: {', '.join(kind.checks) or 'none'}")
    lines += _fields(kind.facts)
    for name in _records(layouts.records, kind.facts):
        lines += [f"{name}:", *_fields(layouts.records[name])]
    return lines


def _records(records: Mapping[str, Mapping[str, Field]], fields: Mapping[str, Field]) -> list[str]:
    """The records that these fields are made of, and those that they are made of, each once."""
    found: list[str] = []
    waiting = [field["type"] for field in fields.values()]
    for name in waiting:
        if name in records and name not in found:
            found.append(name)
            waiting += [field["type"] for field in records[name].values()]
    return found


def _fields(fields: Mapping[str, Field]) -> Iterator[str]:
    for key, field in fields.items():
        many = f" list({field['list'][0]}-{field['list'][1]})" if "list" in field else ""
        need = "REQUIRED" if _required(field) else "optional"
        options = f" [{' | '.join(field['options'])}]" if "options" in field else ""
        limit = f" max {field['max']}" if "max" in field else ""
        yield f"- {key}: {field['type']}{many}{options}{limit}, {need} – {field['zh']} / {field['en']}"


def _required(field: Field) -> bool:
    return not field.get("optional") and field.get("list", [1])[0] > 0
