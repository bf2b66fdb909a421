"""Binding one dossier from what was read before: prints its own sheets, numbers and binds, seals. No table is touched here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from documents.dossier import PDF, PICTURES, Bound, Enclosure, NotBindable, Part, bind, count_pages, drawn
from documents.render import Box, Paper
from documents.seal_picture import seal_image
from documents.sealing import SEAL, SigningKey, sign, with_fields

LARGEST_INSIDE = 20_000_000  # bytes of an original that is attached to the PDF; larger ones lie in the archive alone
MOST_LINES = 600  # of the journal on paper; the archive has all
Print = Callable[[str, Mapping[str, Any]], "Future[Paper]"]


@dataclass(frozen=True)
class Sheet:
    """One paper or attachment with its bytes, as it is to be bound. `path` is its name in dossier and archive."""

    title: str
    path: str
    content: bytes
    media: str
    made_on: str  # ISO day
    number: str = ""
    sealed: bool = False  # somebody signed or sealed it: the very file is attached
    remark: str = ""
    replaced: bool = False  # the remark says by what; it is stamped on the bound pages
    scan: Mapping[str, Any] | None = None  # of an attachment: facts of the sheet before it

    @property
    def bindable(self) -> bool:
        """Whether it has pages."""
        return self.media == PDF or self.media in PICTURES


@dataclass(frozen=True)
class Job:
    """Everything that one dossier is made of."""

    head: Mapping[str, Any]  # body, number, matter
    cover: Mapping[str, Any]
    case_code: str
    filed_by: str
    sheets: Sequence[Sheet]
    lines: Sequence[Mapping[str, str]]
    chain: str
    missing: Sequence[str]
    unsigned: Sequence[str]  # those that must be there and lack hands or seal
    seal: str
    key: SigningKey
    at: datetime  # aware, local


@dataclass(frozen=True)
class Made:
    """The sealed dossier and what it counts."""

    pdf: bytes
    papers: int
    scans: int
    pages: int  # those that bear a number


@dataclass
class _Stack:
    """What is laid on top of each other, with the lines of the index that belong to it."""

    parts: list[Part] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)
    beside: list[Enclosure] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)  # names of what has no pages
    pages: int = 0

    def lay(self, parts: Sequence[Part], count: int, entry: Mapping[str, Any]) -> None:
        first, self.pages = self.pages + 1, self.pages + count
        self.parts += parts
        self.entries.append({**entry, "pages": str(first) if count == 1 else f"{first}—{self.pages}"})


def make(job: Job, print_: Print, stage: Callable[[str], None]) -> Made:
    """The dossier of a case. Raises PaperRefused, RenderFailed, NotBindable, NotSealable, TokenUnavailable.

    ``print_`` queues a sheet, ``stage`` is told where the work stands: printing, binding, sealing.
    """
    stage("printing")
    journal = print_("journal_extract", _journal(job))
    covers = {sheet.path: print_("scan_sheet", {**job.head, **sheet.scan}) for sheet in job.sheets if sheet.scan}
    stack = _Stack()
    for sheet in job.sheets:
        _lay(stack, sheet, covers.get(sheet.path))
    extract = journal.result()
    stack.lay([Part("办理经过摘录", extract.pdf)], extract.pages, {"name": "办理经过摘录", "made_on": _day(job)})
    printed = _own_sheets(job, print_, stack)
    stage("binding")
    bound, place = _bound(job, stack, printed)
    stage("sealing")
    scans = sum(sheet.scan is not None for sheet in job.sheets)
    return Made(_sealed(job, bound.pdf, place), len(job.sheets), scans, stack.pages)


def _day(job: Job) -> str:
    return job.at.date().isoformat()


def _journal(job: Job) -> dict[str, Any]:
    moment = job.at.strftime("%Y-%m-%dT%H:%M")
    lines = list(job.lines[-MOST_LINES:])
    return {**job.head, "case_code": job.case_code, "entries": lines, "head": job.chain, "checked_at": moment}


def _lay(stack: _Stack, sheet: Sheet, cover: Future[Paper] | None) -> None:
    entry = {"name": sheet.title[:120], "number": sheet.number, "made_on": sheet.made_on, "remark": sheet.remark}
    entry = {key: value for key, value in entry.items() if value}
    if cover is None:
        name, stamp = sheet.path.rpartition("/")[2], sheet.remark if sheet.replaced else ""
        part = Part(sheet.title, sheet.content, original=sheet.sealed, name=name, replaced=stamp)
        stack.lay([part], count_pages(part), entry)
        return
    front, pages = cover.result(), _drawn(sheet)
    parts, count = [Part(sheet.title, front.pdf)], front.pages
    if pages is None:
        stack.apart.append(sheet.title)
        entry["remark"] = "电子文件"
    else:
        parts, count = [*parts, replace(pages, title="")], count + count_pages(pages)
    if len(sheet.content) <= LARGEST_INSIDE:
        name = sheet.path.rpartition("/")[2]
        stack.beside.append(Enclosure(name, sheet.content, sheet.media, sheet.title, "Source"))
    stack.lay(parts, count, entry)


def _drawn(sheet: Sheet) -> Part | None:
    """The pages of what was handed in; None for a recording, and for what cannot be read."""
    if not sheet.bindable:
        return None
    try:
        return drawn(Part(sheet.title, sheet.content, sheet.media, scan=True))
    except NotBindable:
        return None


def _own_sheets(job: Job, print_: Print, stack: _Stack) -> dict[str, Paper]:
    """Statement, index, covers. The statement is counted among the pages, and says how many there are."""
    statement = print_("dossier_statement", _statement(job, stack, 1)).result()
    if statement.pages > 1:
        statement = print_("dossier_statement", _statement(job, stack, statement.pages)).result()
    stack.lay([Part("卷宗情况说明", statement.pdf)], statement.pages, {"name": "卷宗情况说明", "made_on": _day(job)})
    counted = {"papers": len(job.sheets), "pages": stack.pages}
    waiting = {
        "dossier_cover": print_("dossier_cover", {**job.head, **job.cover, **counted}),
        "dossier_index": print_("dossier_index", {**job.head, "entries": stack.entries, "missing": _missing(job)}),
        "dossier_back_cover": print_(
            "dossier_back_cover",
            {
                "body": job.head["body"],
                "number": job.head["number"],
                "filed_by": job.filed_by,
                "date": _day(job),
                **counted,
            },
        ),
    }
    return {"dossier_statement": statement, **{kind: paper.result() for kind, paper in waiting.items()}}


def _missing(job: Job) -> list[str]:
    return [one[:120] for one in job.missing][:40]


def _statement(job: Job, stack: _Stack, own_pages: int) -> dict[str, Any]:
    words = f"下列文书尚未签名盖章：{'、'.join(job.unsigned)}。\n" if job.unsigned else ""
    words += f"下列材料为电子文件，未印成页，原件附于本卷电子档案：{'、'.join(stack.apart)}。" if stack.apart else ""
    scans = sum(sheet.scan is not None for sheet in job.sheets)
    return {
        **job.head, "statement": words.strip()[:3000], "papers": len(job.sheets), "pages": stack.pages + own_pages, "scans": scans,
        "missing": _missing(job), "filed_by": job.filed_by, "date": _day(job),
    }  # fmt: skip


def _bound(job: Job, stack: _Stack, printed: Mapping[str, Paper]) -> tuple[Bound, Box]:
    """The bound pages, and where on them the seal goes: on the statement, which stands before the back cover."""
    front = [
        Part("卷宗封面", printed["dossier_cover"].pdf, numbered=False),
        Part("卷内目录", printed["dossier_index"].pdf, numbered=False),
    ]
    back = Part("卷宗封底", printed["dossier_back_cover"].pdf, numbered=False)
    title = f"{job.head['number']} {job.head['matter']}"
    bound = bind([*front, *stack.parts, back], stack.beside, title=title, at=job.at)
    before = sum(count for _number, count in bound.places[:-2])
    box = printed["dossier_statement"].boxes[SEAL]
    return bound, replace(box, page=before + box.page)


def _sealed(job: Job, pdf: bytes, box: Box) -> bytes:
    ready = with_fields(pdf, {SEAL: box})
    return sign(ready, SEAL, job.key, job.at, f"加盖{job.seal}印章", seal_image(job.seal))
