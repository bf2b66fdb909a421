"""The one exception that leaves this package: a refusal, with its code and its place in the text."""
from __future__ import annotations


class FeelError(Exception):
    """An expression that is refused: it does not parse, is not covered, or runs past its limits.

    `code` is one of `syntax`, `unsupported`, `unknown-function`, `unknown-name`, `too-long`, `nesting`, `iterations`,
    `time`, `size`, `number-range`, `date-range`, `no-clock`, `value`, `function-failed`; `position` counts characters
    from 0 in the expression, None where the fault has no place there.
    What the specification calls null is never raised; it is null.
    """

    def __init__(self, code: str, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.position = position

    def __str__(self) -> str:
        return self.message if self.position is None else f"{self.message} (at character {self.position + 1})"
