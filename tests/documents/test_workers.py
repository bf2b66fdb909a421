"""Render workers print what one process prints, survive their own death, and refuse to start where papers go wrong."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pikepdf
import psutil
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from documents import workers
from documents.bundle import Layouts
from documents.fonts import FACES, SOURCE, Fonts, prepare
from documents.refusals import PaperRefused, RendererUnavailable, RenderFailed
from documents.render import SUBSETTER, Paper
from documents.samples import CHECK_URL, SAMPLES
from documents.workers import Renderer, check
from tests.documents.conftest import FEW

LETTER: dict[str, Any] = SAMPLES["invitation"]
SECONDS = 60


def test_workers_print_the_bytes_that_one_process_prints(sample_papers: Mapping[str, Paper]) -> None:
    with Renderer(processes=2) as renderer:
        futures = {kind: renderer.render(kind, SAMPLES[kind], check_url=CHECK_URL) for kind in FEW}
        for kind, future in futures.items():
            assert future.result(SECONDS) == sample_papers[kind]


def test_a_refusal_comes_back_whole_and_the_worker_goes_on(renderer: Renderer) -> None:
    pids = renderer.pids()
    refusal = renderer.render("invitation", {**LETTER, "addressee": "李😀"}).exception(SECONDS)
    assert isinstance(refusal, PaperRefused)
    assert (refusal.code, refusal.field) == ("no-glyph", "addressee")
    assert renderer.render("invitation", LETTER).result(SECONDS).pages == 1
    assert renderer.pids() == pids


def test_too_much_is_refused_before_a_worker_sees_it(renderer: Renderer) -> None:
    refusal = renderer.render("minutes", {"record": "话" * 200_000}).exception(0)
    assert isinstance(refusal, PaperRefused)
    assert refusal.code == "too-long"


def test_an_idle_worker_that_was_killed_is_replaced(renderer: Renderer) -> None:
    (victim,) = renderer.pids()
    os.kill(victim, signal.SIGKILL)
    assert renderer.render("invitation", LETTER).result(SECONDS).pages == 1
    assert victim not in renderer.pids()


def test_a_paper_outlives_the_worker_that_was_killed_over_it(renderer: Renderer) -> None:
    (victim,) = renderer.pids()
    os.kill(victim, signal.SIGSTOP)  # it takes the paper and never gets to it
    futures = [renderer.render("invitation", LETTER), renderer.render("agreement", SAMPLES["agreement"])]
    os.kill(victim, signal.SIGKILL)
    assert [future.result(SECONDS).kind for future in futures] == ["invitation", "agreement"]


def test_a_paper_that_kills_every_worker_fails_in_the_end(monkeypatch: pytest.MonkeyPatch, renderer: Renderer) -> None:
    def die(worker: Any, job: Any, seconds: float) -> Paper:
        worker.process.kill()
        raise EOFError

    with monkeypatch.context() as patch:
        patch.setattr(workers._Worker, "print", die)
        failure = renderer.render("invitation", LETTER).exception(SECONDS)
    assert isinstance(failure, RenderFailed)
    assert renderer.render("invitation", LETTER).result(SECONDS).pages == 1


def test_a_paper_that_takes_too_long_is_given_up_and_the_next_one_printed() -> None:
    endless = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    layouts = Layouts.of({**Layouts.shipped().files, "layouts/invitation.html": endless})
    with Renderer(processes=1, seconds=4) as renderer:
        (victim,) = renderer.pids()
        failure = renderer.render("invitation", LETTER, layouts=layouts).exception(SECONDS)
        assert isinstance(failure, RenderFailed)
        assert "longer than 4 seconds" in str(failure)
        assert renderer.render("invitation", LETTER).result(SECONDS).pages == 1
        assert victim not in renderer.pids()


def test_workers_are_replaced_before_they_grow_old() -> None:
    with Renderer(processes=1, papers_each=3) as renderer:
        seen = []
        for _ in range(7):
            renderer.render("invitation", LETTER).result(SECONDS)
            seen += renderer.pids()
    assert len(set(seen)) == 3


def test_the_memory_of_a_worker_stays_flat(renderer: Renderer) -> None:
    (worker,) = (psutil.Process(pid) for pid in renderer.pids())
    sizes = []
    for _ in range(8):
        for future in [renderer.render(kind, SAMPLES[kind]) for kind in FEW]:
            future.result(SECONDS)
        sizes.append(worker.memory_info().rss)
    # Each is taken while the worker may not have cleared up after the last paper: what grows is seen in all of the last.
    assert min(sizes[-3:]) < max(sizes[1:4]) * 1.1


def test_a_release_prints_with_its_own_layouts_on_every_worker() -> None:
    files = Layouts.shipped().files
    layout = files["layouts/invitation.html"].replace("自愿参加", "完全自愿")
    own = Layouts.of({**files, "layouts/invitation.html": layout})
    with Renderer(processes=2, papers_each=2) as renderer:
        futures = [renderer.render("invitation", LETTER, layouts=own if turn % 2 else None) for turn in range(8)]
        versions = [future.result(SECONDS).layout_version for future in futures]
    assert versions == [Layouts.shipped().version("invitation"), own.version("invitation")] * 4


def test_closing_prints_what_is_queued_and_takes_no_more() -> None:
    renderer = Renderer(processes=1)
    renderer.start()
    pids = renderer.pids()
    futures = [renderer.render("invitation", LETTER) for _ in range(3)]
    renderer.close()
    renderer.close()
    assert all(future.done() for future in futures)
    assert not any(psutil.pid_exists(pid) for pid in pids)
    with pytest.raises(RenderFailed):
        renderer.render("invitation", LETTER)


def test_workers_end_when_their_server_is_killed() -> None:
    script = (
        "import sys\nfrom documents.workers import Renderer\nrenderer = Renderer(processes=1)\nrenderer.start()\n"
        "print(renderer.pids()[0], flush=True)\nsys.stdin.read()\n"
    )
    server = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdout
    worker = psutil.Process(int(server.stdout.readline()))
    server.kill()
    server.communicate()
    gone, _ = psutil.wait_procs([worker], timeout=SECONDS)
    assert gone


def test_a_paper_needs_no_room_on_the_disk(sample_papers: Mapping[str, Paper]) -> None:
    script = (
        "import resource\nfrom documents.samples import CHECK_URL, SAMPLES\nfrom documents.workers import Renderer\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # not a byte may be written; the worker inherits it\n"
        "with Renderer(processes=1) as renderer:\n"
        "    paper = renderer.render('invitation', SAMPLES['invitation'], check_url=CHECK_URL).result()\n"
        "print(paper.sha256)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == sample_papers["invitation"].sha256


def test_a_sound_machine_has_no_problems() -> None:
    assert check() == []


def test_without_harfbuzz_subsetting_the_renderer_refuses_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SUBSETTER, "fonttools")
    (problem,) = check()
    assert "install libharfbuzz-subset0" in problem
    with pytest.raises(RendererUnavailable, match="HarfBuzz"), Renderer(processes=2):
        pass


def test_without_fonts_the_renderer_refuses_to_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MEDIATION_FONTS", str(tmp_path))
    with pytest.raises(RendererUnavailable, match=r"python -m documents\.fonts"), Renderer(processes=1):
        pass


def test_fonts_of_an_older_version_are_to_be_prepared_anew(tmp_path: Path) -> None:
    folder = tmp_path / "fonts"
    shutil.copytree(Fonts.found().folder, folder)
    made = json.loads((folder / "manifest.json").read_text("utf-8"))
    del made["common"]
    (folder / "manifest.json").write_text(json.dumps(made), "utf-8")
    (problem,) = Fonts(folder).problems()
    assert "python -m documents.fonts" in problem


def test_two_fonts_of_one_name_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "fonts"
    shutil.copytree(Fonts.found().folder, folder)
    shutil.copy(folder / "faces" / "CaseHei.ttf", folder / "faces" / "Another.ttf")
    assert Fonts(folder).problems() == [
        "Two font files are called “CaseHei Regular”: wrong characters would be printed."
    ]


def test_a_font_of_the_machine_is_noticed_before_it_is_printed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "fonts"
    shutil.copytree(Fonts.found().folder, folder)
    config = (folder / "fonts.conf").read_text("utf-8")
    strangers = f"<dir>{SOURCE / 'noto-sans-sc' / '400Regular'}</dir><cachedir>"
    (folder / "fonts.conf").write_text(config.replace("<cachedir>", strangers), "utf-8")
    monkeypatch.setenv("MEDIATION_FONTS", str(folder))
    (problem,) = check()
    assert "Fonts of the machine would be printed (Noto-Sans-SC" in problem


@pytest.mark.slow
def test_fonts_are_prepared_once_alike_and_with_what_the_machine_adds(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    draw_font(tmp_path / "extra" / "extra.ttf", "𠮷")
    draw_font(tmp_path / "fangsong.ttf", "您")
    monkeypatch.setenv("MEDIATION_EXTRA_FONTS", str(tmp_path / "extra"))
    monkeypatch.setenv("MEDIATION_BODY_FONT", str(tmp_path / "fangsong.ttf"))
    assert prepare(SOURCE, tmp_path / "fonts")
    assert not prepare(SOURCE, tmp_path / "fonts")
    built = Fonts.found().folder / "faces"
    for path in (path for path in built.iterdir() if not path.name.startswith("CaseSerif")):
        assert path.read_bytes() == (tmp_path / "fonts" / "faces" / path.name).read_bytes()
    monkeypatch.setenv("MEDIATION_FONTS", str(tmp_path / "fonts"))
    with Renderer(processes=1) as renderer:
        paper = renderer.render("invitation", {**LETTER, "addressee": "𠮷田"}).result(SECONDS)
    with pikepdf.open(io.BytesIO(paper.pdf)) as pdf:
        used = {str(item.get("/BaseFont")).split("+")[-1] for item in pdf.objects if hasattr(item, "get")}
    assert {"CaseExtra1-Full", "CaseSerif", "CaseSerif-Full"} <= used  # 𠮷, the 您 of the house, and all others


def test_a_body_font_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MEDIATION_BODY_FONT", str(tmp_path / "none.ttf"))
    with pytest.raises(FileNotFoundError, match="MEDIATION_BODY_FONT"):
        prepare(SOURCE, tmp_path / "fonts")


def draw_font(path: Path, character: str) -> None:
    """A font of one character, drawn as a box."""
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for corner in ((100, 800), (900, 800), (900, 0)):
        pen.lineTo(corner)
    pen.closePath()
    builder = FontBuilder(1000)
    builder.setupGlyphOrder([".notdef", "box"])
    builder.setupCharacterMap({ord(character): "box"})
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "box": pen.glyph()})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "box": (1000, 100)})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "Strokes", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    path.parent.mkdir(exist_ok=True)
    builder.save(path)


def test_missing_font_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="NotoSansSC_500Medium"):
        prepare(tmp_path, tmp_path / "fonts")
    assert len(FACES) == 3
