"""Write what has changed, and what is new; take away what belongs to no kind any more."""

from __future__ import annotations

import sys

from documents.render import Paper
from documents.samples import CHECK_URL
from documents.workers import Renderer
from tests.golden import FOLDER, WORST, cases, known_picture, known_text, picture_of, text_of, worst_block


def renew(name: str, paper: Paper) -> list[str]:
    """Write the text and the picture that are no longer as they were; return what was written."""
    written = []
    text, picture = text_of(paper.pdf), picture_of(paper.pdf)
    if not (FOLDER / f"{name}.txt").exists() or known_text(name) != text:
        (FOLDER / f"{name}.txt").write_text(text + "\n", "utf-8")
        written.append(f"{name}.txt")
    if not (FOLDER / f"{name}.png").exists() or worst_block(picture, known_picture(name)) >= WORST / 3:
        sixteen = picture.point([round(grey / 17) * 17 for grey in range(256)])  # smaller, and never off by a shade
        sixteen.save(FOLDER / f"{name}.png", optimize=True)
        written.append(f"{name}.png")
    return written


def main() -> None:
    wanted = {name: case for name, case in cases().items() if name in sys.argv[1:] or not sys.argv[1:]}
    with Renderer() as renderer:
        printing = {name: renderer.render(*case, check_url=CHECK_URL) for name, case in wanted.items()}
        for name, paper in printing.items():
            for path in renew(name, paper.result()):
                print(path)
    for path in sorted(FOLDER.iterdir()):
        if path.stem not in cases():
            path.unlink()
            print(f"{path.name} is gone")


if __name__ == "__main__":
    main()
