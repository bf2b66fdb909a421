"""A dossier of papers and scans: what stands on its pages, what lies inside it, and what it never takes in."""

from __future__ import annotations

import io
from datetime import datetime, timedelta, timezone

import pikepdf
import pypdfium2
import pytest
from pikepdf import Dictionary, Name, Pdf, String
from PIL import Image, ImageChops

from documents.certificates import new_body, new_root
from documents.dossier import Enclosure, NotBindable, Part, bind, count_pages
from documents.sealing import KeyPair, sign, with_fields
from tests.documents.conftest import plain, text_of

AT = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=8)))
JOURNAL = Enclosure("journal.json", b'{"entries": []}', "application/json", "日志摘录")


def picture(width=800, height=600, kind="jpeg") -> bytes:
    held = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(held, kind)
    return held.getvalue()


def made_pdf(**root: object) -> bytes:
    pdf, held = Pdf.new(), io.BytesIO()
    pdf.add_blank_page()
    for key, value in root.items():
        pdf.Root[f"/{key}"] = value
    pdf.save(held)
    return held.getvalue()


@pytest.fixture
def parts(sample_papers) -> list[Part]:
    return [
        Part("卷宗封面", sample_papers["invitation"].pdf, numbered=False),
        Part("人民调解协议书", sample_papers["agreement"].pdf, original=True, name="协议书.pdf"),
        Part("现场照片", picture(), "image/jpeg", scan=True, original=True, name="photo.jpg"),
        Part("扫描件", sample_papers["minutes"].pdf, scan=True),
    ]


@pytest.fixture
def bound(parts):
    return bind(parts, [JOURNAL], title="卷宗", at=AT)


def opened(pdf: bytes) -> Pdf:
    return Pdf.open(io.BytesIO(pdf))


def dark_at_the_number(pdf: bytes, index: int) -> int:
    """How many dark dots there are where a page number stands."""
    with pypdfium2.PdfDocument(pdf) as document:
        corner = document[index].render(scale=2).to_pil().convert("L").crop((1050, 40, 1120, 75))
    return sum(1 for dot in corner.get_flattened_data() if dot < 100)


def test_pages_are_numbered_from_the_first_paper_on_and_the_index_can_say_where(bound):
    assert [place[0] for place in bound.places] == [None, 1, 3, 4]
    assert bound.pages == sum(count for _, count in bound.places)
    assert dark_at_the_number(bound.pdf, 0) == 0
    assert all(dark_at_the_number(bound.pdf, index) > 10 for index in range(1, bound.pages))


def test_bookmarks_and_labels_lead_to_each_part(bound):
    with opened(bound.pdf) as pdf, pdf.open_outline() as outline:
        assert [item.title for item in outline.root] == ["卷宗封面", "人民调解协议书", "现场照片", "扫描件"]
        assert [page.label for page in pdf.pages] == ["i", "1", "2", "3", "4", "5"]


def test_originals_lie_inside_byte_by_byte(bound, parts):
    with opened(bound.pdf) as pdf:
        assert bytes(pdf.attachments["协议书.pdf"].get_file().read_bytes()) == parts[1].content
        assert bytes(pdf.attachments["photo.jpg"].get_file().read_bytes()) == parts[2].content
        assert sorted(str(one.AFRelationship) for one in pdf.Root.AF) == ["/Source", "/Source", "/Supplement"]


def test_a_paper_keeps_its_text_and_a_scan_becomes_a_picture(bound):
    pages = text_of(bound.pdf).split("\f")
    assert "人民调解协议书" in plain(pages[1])
    assert plain(pages[4]) == plain(pages[5]) == ""


def test_the_same_parts_give_the_same_bytes(bound, parts):
    assert bind(parts, [JOURNAL], title="卷宗", at=AT).pdf == bound.pdf


def test_what_the_declaration_of_pdf_a_3_asks_for_is_there(bound):
    with opened(bound.pdf) as pdf:
        told = pdf.open_metadata()
        assert (told["pdfaid:part"], told["pdfaid:conformance"]) == ("3", "B")
        assert pdf.Root.OutputIntents[0].DestOutputProfile.N == 3
        assert not {"/AcroForm", "/OpenAction", "/AA", "/JavaScript"} & set(pdf.Root.keys())
        assert "/Encrypt" not in pdf.trailer
        fonts = [one for one in pdf.objects if isinstance(one, Dictionary) and one.get("/Type") == Name.FontDescriptor]
        assert fonts
        assert all("/FontFile2" in one or "/FontFile3" in one for one in fonts)


def test_what_a_signed_paper_shows_is_on_the_page_although_the_field_is_gone(sample_papers):
    paper, root = sample_papers["agreement"], new_root("演示根证书", AT)
    body = new_body("青禾区人民调解委员会", root, AT)
    ink = Image.new("RGB", (300, 300), "red")
    signed = sign(
        with_fields(paper.pdf, paper.boxes), "seal", KeyPair(body.certificate, body.key, body.chain),
        at=AT, reason="盖章", picture=ink,
    )  # fmt: skip
    bound = bind([Part("协议书", signed)], [], title="卷宗", at=AT)
    with pypdfium2.PdfDocument(bound.pdf) as document:
        last = document[len(document) - 1].render(scale=0.5).to_pil().convert("RGB")
    assert sum(1 for red, green, blue in last.get_flattened_data() if red > 200 and green < 60 and blue < 60) > 500
    with opened(bound.pdf) as pdf:
        assert "/AcroForm" not in pdf.Root


@pytest.mark.parametrize(
    ("content", "media", "reason"),
    [
        (b"%PDF-1.7 nothing", "application/pdf", "broken"),
        (b"\xff\xd8\xff\xe0 nothing", "image/jpeg", "broken"),
        (b"plain words", "text/plain", "kind"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(content, media, reason):
    with pytest.raises(NotBindable) as refused:
        bind([Part("照片", picture(), "image/jpeg"), Part("坏件", content, media, scan=True)], [], title="卷宗", at=AT)
    assert (refused.value.part, refused.value.reason) == (1, reason)


def test_a_scan_that_is_locked_is_refused(sample_papers):
    held = io.BytesIO()
    with opened(sample_papers["invitation"].pdf) as pdf:
        pdf.save(held, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    with pytest.raises(NotBindable):
        count_pages(Part("扫描件", held.getvalue(), scan=True))


def test_scripts_of_a_scan_stay_outside():
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
    bound = bind([Part("扫描件", made_pdf(OpenAction=script), scan=True)], [], title="卷宗", at=AT)
    assert b"JavaScript" not in bound.pdf
    with opened(bound.pdf) as pdf:
        assert "/OpenAction" not in pdf.Root


def test_a_wide_photograph_is_turned_so_that_it_fills_the_sheet():
    with pypdfium2.PdfDocument(bind([Part("照片", picture(1200, 400), "image/jpeg")], [], title="卷", at=AT).pdf) as pdf:
        assert pdf[0].get_size() == pytest.approx((595.276, 841.89), abs=0.1)
        drawn = pdf[0].render(scale=0.25).to_pil().convert("L")
    columns = [x for x in range(drawn.width) if any(drawn.getpixel((x, y)) < 250 for y in range(drawn.height))]
    rows = [y for y in range(drawn.height) if any(drawn.getpixel((x, y)) < 250 for x in range(drawn.width))]
    assert len(rows) > 2 * len(columns)


def red_dots(pdf: bytes, index: int) -> int:
    """How many dots of a page are redder than they are green."""
    with pypdfium2.PdfDocument(pdf) as document:
        red, green, _blue = document[index].render().to_pil().convert("RGB").split()
    return sum(ImageChops.subtract(red, green).point(lambda dot: 255 if dot > 20 else 0).histogram()[255:])


def test_a_replaced_paper_says_so_on_its_bound_pages_and_lies_inside_untouched(sample_papers):
    deed = sample_papers["agreement"].pdf
    old = Part("人民调解协议书", deed, original=True, name="旧.pdf", replaced="已被2026年11月23日文书取代")
    stamped = bind([old, Part("人民调解协议书", deed)], [], title="卷宗", at=AT).pdf
    with opened(stamped) as pdf:
        assert pdf.attachments["旧.pdf"].get_file().read_bytes() == deed
    assert [red_dots(stamped, page) > 2000 for page in range(4)] == [True, True, False, False]
    assert plain(text_of(stamped)).count("人民调解协议书") == 2 * plain(text_of(deed)).count("人民调解协议书")


def test_pages_without_a_title_belong_to_the_sheet_before_them(sample_papers):
    sheet = Part("现场照片", sample_papers["invitation"].pdf)
    bound = bind([sheet, Part("", picture(), "image/jpeg")], [], title="卷宗", at=AT)
    with opened(bound.pdf) as pdf, pdf.open_outline() as outline:
        assert [item.title for item in outline.root] == ["现场照片"]
    assert [count for _first, count in bound.places] == [1, 1]
