"""Prints which facts each kind of paper needs, straight from the data: ``python -m documents.listing``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from documents.bundle import Layouts
from documents.facts import Field


def listing(layouts: Layouts) -> str:
    """Every kind and record with its facts, as Markdown."""
    return "\n".join([*_records(layouts), *_kinds(layouts)])


def _records(layouts: Layouts) -> Iterator[str]:
    yield "## Records\n"
    for name, fields in layouts.records.items():
        yield f"### {name}\n"
        yield from _fields(fields)


def _kinds(layouts: Layouts) -> Iterator[str]:
    yield "## Kinds\n"
    for kind in layouts.kinds.values():
        yield f"### {kind.key} · {kind.name['zh']} · {kind.name['en']}\n"
        yield (
            f"addressed to {kind.addressed_to}; signed by {', '.join(kind.signed_by) or 'nobody'}; seal: {kind.seal}; "
            f"number: {kind.numbering['series']}; "
            f"electronic signature: {'yes' if kind.electronic_signature else 'no'}; "
            f"kept: {kind.retention}; checks: {', '.join(kind.checks) or 'none'}\n"
        )
        yield from _fields(kind.facts)


def _fields(fields: Mapping[str, Field]) -> Iterator[str]:
    for key, field in fields.items():
        least, most = field.get("list", (1, 1))
        many = f" list({least}-{most})" if "list" in field else ""
        need = "optional" if field.get("optional") or not least else "REQUIRED"
        options = f" [{' | '.join(field['options'])}]" if "options" in field else ""
        limit = f" max {field['max']}" if "max" in field else ""
        yield f"- `{key}`: {field['type']}{many}{options}{limit}, {need} – {field['zh']} / {field['en']}"
    yield ""


if __name__ == "__main__":
    print(listing(Layouts.shipped()))
