"""Every kind as text and as picture, against what people looked at and found right (``python -m tests.golden``)."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from PIL import ImageChops, ImageStat

from documents.bundle import Layouts
from documents.render import Paper, render
from documents.samples import CHECK_URL, SAMPLES
from tests.documents.conftest import FEW, pictures_of, plain, text_of
from tests.golden import DPI, WORST, cases, known_picture, known_text, picture_of, worst_block

NAMES = sorted(cases())


@pytest.mark.parametrize("name", NAMES)
def test_a_paper_reads_and_looks_as_it_should(name: str, sample_papers: Mapping[str, Paper]) -> None:
    pdf = sample_papers[name].pdf
    assert text_of(pdf) == known_text(name)
    assert worst_block(picture_of(pdf), known_picture(name)) < WORST


def test_nothing_golden_is_left_of_kinds_that_are_gone() -> None:
    assert {path.stem for path in (Path(__file__).parent.parent / "golden" / "papers").iterdir()} == set(NAMES)


def test_the_picture_test_sees_a_missing_seal_and_a_moved_line(sample_papers: Mapping[str, Paper]) -> None:
    page = pictures_of(sample_papers["agreement"].pdf, DPI)[1]
    assert worst_block(page, ImageChops.offset(page, 0, 6)) > 24
    blank = page.copy()
    blank.paste(255, (140, 280, 270, 345))
    assert worst_block(page, blank) > 24


@pytest.mark.parametrize("name", NAMES)
def test_every_paper_names_its_title_and_counts_its_pages(name: str, sample_papers: Mapping[str, Paper]) -> None:
    paper = sample_papers[name]
    pages = text_of(paper.pdf).split("\f")
    assert len(pages) == paper.pages
    assert plain(Layouts.shipped().kind(paper.kind).name["zh"]) in plain(pages[0])
    for number, page in enumerate(pages, start=1):
        assert f"第{number}页共{paper.pages}页" in plain(page)


@pytest.mark.parametrize("kind", NAMES)
def test_only_our_own_fonts_are_on_a_paper_and_all_are_embedded(kind: str, sample_papers: Mapping[str, Paper]) -> None:
    with pikepdf.open(io.BytesIO(sample_papers[kind].pdf)) as pdf:
        descriptors = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/FontFile2" in item]
        names = [str(item.FontName) for item in descriptors]
        fonts = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font"]
        descendants = [item for item in fonts if item.Subtype == "/CIDFontType2"]
        assert len(descendants) == len(descriptors)
    assert names
    assert all(name[8:].startswith(("CaseSerif", "CaseTitle", "CaseHei")) for name in names)


@pytest.mark.parametrize("name", NAMES)
def test_a_paper_is_sound_and_holds_no_moment_of_printing(name: str, sample_papers: Mapping[str, Paper]) -> None:
    paper = sample_papers[name]
    with pikepdf.open(io.BytesIO(paper.pdf)) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert not {"/CreationDate", "/ModDate"} & set(pdf.docinfo.keys())
        assert str(pdf.docinfo["/Title"]).startswith(Layouts.shipped().kind(paper.kind).name["zh"])


@pytest.mark.skipif(not shutil.which("qpdf"), reason="qpdf is not installed")
def test_qpdf_finds_nothing_to_complain_about(sample_papers: Mapping[str, Paper], tmp_path: Path) -> None:
    for name, paper in sample_papers.items():
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(paper.pdf)
        done = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), name


def test_the_same_facts_give_the_same_bytes(sample_papers: Mapping[str, Paper]) -> None:
    for kind in FEW:
        assert render(kind, SAMPLES[kind], check_url=CHECK_URL) == sample_papers[kind]


def test_the_same_facts_give_the_same_bytes_in_another_process(sample_papers: Mapping[str, Paper]) -> None:
    script = (
        "import sys\nfrom documents.render import render\nfrom documents.samples import CHECK_URL, SAMPLES\n"
        "for kind in reversed(sys.argv[1:]):\n"
        "    print(kind, render(kind, SAMPLES[kind], check_url=CHECK_URL).sha256)\n"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "TZ": "America/New_York", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-c", script, *FEW], env=environment, capture_output=True, text=True, check=True
    )
    assert dict(line.split() for line in done.stdout.splitlines()) == {kind: sample_papers[kind].sha256 for kind in FEW}


def test_other_facts_another_address_or_another_layout_give_other_bytes(facts: Callable[[str], dict[str, Any]]) -> None:
    files = Layouts.shipped().files
    parent = "layouts/arbitration_application.html"
    above = Layouts.of({**files, parent: files[parent].replace("仲裁请求", "请求")})
    assert above.version("land_arbitration_application") != Layouts.shipped().version("land_arbitration_application")
    assert above.version("agreement") == Layouts.shipped().version("agreement")
    changed = Layouts.of({**files, "layouts/base.html": files["layouts/base.html"].replace("扫码", "请扫码")})
    other = facts("invitation")
    other["meeting"]["room"] = "第二调解室"
    papers = [
        render("invitation", SAMPLES["invitation"], check_url=CHECK_URL),
        render("invitation", other, check_url=CHECK_URL),
        render("invitation", SAMPLES["invitation"], check_url=CHECK_URL + "9"),
        render("invitation", SAMPLES["invitation"]),
        render("invitation", SAMPLES["invitation"], check_url=CHECK_URL, layouts=changed),
    ]
    assert len({paper.sha256 for paper in papers}) == len(papers)
    assert papers[0].layout_version != papers[4].layout_version
    assert "请扫码核验真伪" in plain(text_of(papers[4].pdf))


def test_the_qr_code_on_every_page_says_the_check_address(sample_papers: Mapping[str, Paper]) -> None:
    document = pypdfium2.PdfDocument(sample_papers["agreement"].pdf)
    pictures = [page.render(scale=3).to_pil() for page in document]
    document.close()
    assert [[code.text for code in zxingcpp.read_barcodes(picture)] for picture in pictures] == [[CHECK_URL]] * 2


def test_under_the_qr_code_the_code_stands_in_letters_with_where_to_type_it(sample_papers: Mapping[str, Paper]) -> None:
    code = CHECK_URL.rpartition("/")[2]
    spelled = " ".join(code[at : at + 4] for at in range(0, len(code), 4))
    pages = text_of(sample_papers["agreement"].pdf).split("\f")
    assert all(spelled in page and "mediation.example/verify" in page for page in pages)
    bare = text_of(render("invitation", SAMPLES["invitation"], check_url="https://mediation.example/papers/7").pdf)
    assert "核验真伪" in plain(bare)
    assert "输入核验码" not in plain(bare)


@pytest.mark.parametrize("lines", range(0, 40, 5))
def test_signatures_stay_together_and_never_stand_alone(lines: int, facts: Callable[[str], dict[str, Any]]) -> None:
    long = facts("agreement")
    long["facts"] = "\n".join(["双方就此事发生争执。"] * (lines + 1))
    pages = [plain(page) for page in text_of(render("agreement", long).pdf).split("\f")]
    last = pages[-1]
    for hand in (
        "（以下无正文）",
        "甲方李昇玥（签名",
        "乙方王䶮（签名",
        "人民调解员周敏（签名）",
        "记录人陈一鸣（签名）",
        "（印章）",
    ):
        assert hand in last
    assert "具有同等效力" in last


def test_a_divorce_agreement_must_be_signed_by_hand(facts: Callable[[str], dict[str, Any]]) -> None:
    divorce = facts("agreement")
    divorce |= {
        "wet_ink_only": True,
        "wet_ink_reason": "本协议涉及婚姻关系的解除",
        "confirmable": False,
        "not_confirmable": "双方自愿离婚的约定",
    }
    text = plain(text_of(render("agreement", divorce).pdf))
    assert "本协议须由当事人亲笔签名。本协议涉及婚姻关系的解除。依照《中华人民共和国电子签名法》第三条" in text
    assert "不属于司法确认的范围：双方自愿离婚的约定。" in text
    assert "共同向人民法院申请司法确认" not in text


def test_figures_and_words_stand_side_by_side(sample_papers: Mapping[str, Paper]) -> None:
    text = plain(text_of(sample_papers["agreement"].pdf))
    assert text.count("¥4,000.00人民币肆仟元整") == 3
    assert "人民币壹万贰仟元整（¥12,000.00）" in text
    assert "¥12,000.00人民币壹万贰仟元整" in text


def test_the_end_of_mediation_names_the_three_routes_of_the_law(facts: Callable[[str], dict[str, Any]]) -> None:
    ended = facts("termination_notice")
    ended["routes"] = []
    text = plain(text_of(render("termination_notice", ended).pdf))
    assert "第二十六条" in text
    assert all(route in text for route in ("申请仲裁", "行政机关申请处理", "向有管辖权的人民法院提起诉讼"))


def test_papers_for_one_side_keep_the_other_sides_address_and_number_off(sample_papers: Mapping[str, Paper]) -> None:
    for paper in sample_papers.values():
        if Layouts.shipped().kind(paper.kind).addressed_to != "one_party":
            continue
        text = plain(text_of(paper.pdf))
        assert "13800000002" not in text
        assert "150000197911200000" not in text
        assert "601室，" not in text


def test_pictures_are_not_blank(sample_papers: Mapping[str, Paper]) -> None:
    for paper in sample_papers.values():
        assert all(ImageStat.Stat(page).mean[0] < 254.5 for page in pictures_of(paper.pdf, DPI))


def test_a_reply_slip_is_below_its_letter_or_a_sheet_that_says_so(sample_papers: Mapping[str, Paper]) -> None:
    for name in ("referral_letter", "supervision_order", "clue_transfer", "rectification_order"):
        assert sample_papers[name].pages == 1
    last = plain(text_of(sample_papers["mediation_commission"].pdf).split("\f")[-1])
    assert "请填写后单独寄回本页" in last


def test_a_short_list_of_evidence_is_not_torn_apart(sample_papers: Mapping[str, Paper]) -> None:
    first, second = (plain(page) for page in text_of(sample_papers["payment_order_application"].pdf).split("\f"))
    assert "证据名称" not in first
    assert "1调解协议书" in second


@pytest.mark.parametrize("lines", [0, 1, 2])
def test_a_short_plan_of_instalments_is_not_torn_apart(lines: int, facts: Callable[[str], dict[str, Any]]) -> None:
    told = facts("agreement")
    told["facts"] = "\n".join(["事实经过。"] * lines + [told["facts"]])
    pages = [plain(page) for page in text_of(render("agreement", told).pdf).split("\f")]
    ends = ("期次付款人", "2027年1月31日前银行", "合计¥12,000.00")
    assert len({number for number, page in enumerate(pages) for end in ends if end in page}) == 1
    assert len(pages) == 2


def test_a_member_who_is_bound_stands_in_one_line_with_the_flat(facts: Callable[[str], dict[str, Any]]) -> None:
    group = facts("agreement")
    group["bound"] = [f"陈有{letter}（{number} 栋 {number}01）" for number, letter in enumerate("田地人和平山水风云雨雷电金木火土")]
    lines = text_of(render("agreement", group).pdf).splitlines()
    assert all(any(one in line for line in lines) for one in group["bound"])
