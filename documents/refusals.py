"""A paper that cannot be right is refused with a reason that a clerk can act on, never printed wrongly."""

from __future__ import annotations


class PaperRefused(ValueError):
    """The facts do not make this paper.

    ``code`` is stable (``missing``, ``unknown-fact``, ``wrong-type``, ``too-long``, ``too-many``, ``no-glyph``, ``unbreakable``, …),
    ``field`` is a path such as ``parties[0].name`` (empty: the paper as a whole), ``message`` is Chinese and
    ``message_en`` English, both fit to be shown beside a form.
    """

    def __init__(self, code: str, message: str, field: str = "", message_en: str = "") -> None:
        super().__init__(code, message, field, message_en)
        self.code = code
        self.message = message
        self.field = field
        self.message_en = message_en or message

    def __str__(self) -> str:
        return f"{self.code} at {self.field or 'paper'}: {self.message_en} / {self.message}"


class RendererUnavailable(RuntimeError):
    """The machine cannot print papers rightly (a library or a font is missing); ``problems`` says what to do."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "; ".join(self.problems)


class RenderFailed(RuntimeError):
    """A sound paper was not printed (worker killed again and again, time limit): it may be tried again later."""
