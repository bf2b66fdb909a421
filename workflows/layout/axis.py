"""One direction of the sheet: strips (columns or rows) that hold shapes, and channels between them that hold lines."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import ceil

PITCH = 12.0  # pixels between two lines that run side by side


@dataclass(frozen=True)
class Strip:
    """A column or a row: how far shapes and their texts reach before and after its middle, and where besides the
    middle a line may run through it."""

    before: float
    after: float
    offsets: tuple[float, ...] = (0.0,)


@dataclass(frozen=True)
class Channel:
    """The room before a strip: its tracks, at least so many pixels; `lead` and `trail` are kept free of tracks."""

    tracks: int
    least: float = 0.0
    lead: float = 0.0
    trail: float = 0.0

    def width(self) -> float:
        needed = self.lead + self.trail + (self.tracks + 1) * PITCH if self.tracks else self.lead + self.trail
        return float(ceil(max(self.least, needed)))

    def wider(self, part: str, more: float) -> Channel:
        """So many pixels more for its `lead`, its `trail`, or all its tracks."""
        if part == "lead":
            return replace(self, lead=self.lead + more)
        if part == "trail":
            return replace(self, trail=self.trail + more)
        return replace(self, least=self.width() + more)


@dataclass
class Axis:
    """Strips and channels in turn, a channel first and last. `lines` are all coordinates along which an edge may run,
    in order; `places` names each: (strip, index, offset) or (channel, index, track)."""

    strips: Sequence[Strip]
    channels: Sequence[Channel]
    lines: list[float] = field(init=False)
    places: list[tuple[str, int, float]] = field(init=False)
    middles: list[float] = field(init=False)
    starts: list[float] = field(init=False)  # of the channels
    end: float = field(init=False)

    def __post_init__(self) -> None:
        self.lines, self.places, self.middles, self.starts = [], [], [], []
        at = 0.0
        for index, channel in enumerate(self.channels):
            self.starts.append(at)
            pitch = (channel.width() - channel.lead - channel.trail) / (channel.tracks + 1)
            for track in range(channel.tracks):
                self._line(at + channel.lead + int((track + 1) * pitch), ("channel", index, track))
            at += channel.width()
            if index < len(self.strips):
                strip = self.strips[index]
                self.middles.append(at + strip.before)
                for offset in sorted(strip.offsets):
                    self._line(at + strip.before + offset, ("strip", index, offset))
                at += strip.before + strip.after
        self.end = at

    def _line(self, at: float, place: tuple[str, int, float]) -> None:
        self.lines.append(at)
        self.places.append(place)

    def line_of(self, strip: int, offset: float = 0.0) -> int:
        return self.places.index(("strip", strip, offset))

    def before(self, at: float) -> int:
        """The last line that lies before a coordinate."""
        return bisect_left(self.lines, at) - 1

    def after(self, at: float) -> int:
        return bisect_left(self.lines, at)

    def within(self, low: float, high: float) -> range:
        """The lines strictly between two coordinates."""
        first = bisect_left(self.lines, low)
        if first < len(self.lines) and self.lines[first] == low:
            first += 1
        return range(first, bisect_left(self.lines, high))

    def steps_within(self, low: float, high: float) -> Iterator[int]:
        """The steps from line i to i + 1 that touch what lies strictly between two coordinates."""
        return (i for i, (a, b) in enumerate(pairwise(self.lines)) if a < high and b > low)

    def room(self, low: float, high: float) -> tuple[int, str]:
        """Which part of which channel grows, so that a line from `low` to `high` grows longer: the lead of a channel
        that it enters from a strip, the trail of one that it begins in, or the whole where it does not leave it."""
        ends = [start + channel.width() for start, channel in zip(self.starts, self.channels, strict=True)]
        first = bisect_right(ends, low)
        if low <= self.starts[first]:
            return first, "lead"
        return first, "trail" if ends[first] <= high else "least"

    def kept(self, used: Collection[int]) -> tuple[Axis, dict[int, int]]:
        """The axis without its unused tracks, and where its lines are now."""
        counts = [0] * len(self.channels)
        new_place: dict[int, tuple[str, int, float]] = {}
        for number, (kind, index, track) in enumerate(self.places):
            if kind == "strip":
                new_place[number] = (kind, index, track)
            elif number in used:
                new_place[number] = (kind, index, counts[index])
                counts[index] += 1
        channels = [replace(one, tracks=count) for one, count in zip(self.channels, counts, strict=True)]
        axis = Axis(self.strips, channels)
        numbers = {place: number for number, place in enumerate(axis.places)}
        return axis, {old: numbers[place] for old, place in new_place.items()}
