"""Plays a process with tokens, all ways, to find joins that never fire, steps that run twice, steps at the same time.

Conditions count as free, so what is found can happen as far as the drawing says. Sequences of plain steps are one
place, which keeps the number of situations small; beyond the limit the search stops and what it found stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

from workflows.diagram import Element, ProcessModel

MOST_SITUATIONS = 20_000

Situation = frozenset[str]


@dataclass
class Findings:
    """Ids of joins that can wait for ever, of elements entered twice, and pairs of elements that run side by side."""

    stuck: set[str] = field(default_factory=set)
    twice: set[str] = field(default_factory=set)
    together: set[frozenset[str]] = field(default_factory=set)


@dataclass(frozen=True, eq=False)
class _Move:
    """One thing that can happen: tokens taken from places, tokens put on places; `clears` ends everything else."""

    by: str
    takes: frozenset[str]
    puts: tuple[str, ...]
    once: str = ""
    clears: bool = False

    @cached_property
    def leaves(self) -> frozenset[str]:
        """What stands afterwards where nothing stood."""
        return frozenset(self.puts) | ({self.once} if self.once else frozenset())

    @cached_property
    def put(self) -> frozenset[str]:
        return frozenset(self.puts)


class _Net:
    """One scope of a process as places (flows, and activities with boundary events) and moves between them."""

    def __init__(self, process: ProcessModel, scope: str | None) -> None:
        self.elements = {one.id: one for one in process.children(scope)}
        self.flows = {
            flow.id: flow for flow in process.flows.values()
            if flow.source in self.elements and flow.target in self.elements
        }  # fmt: skip
        self.outgoing = {key: [one for one in element.outgoing if one in self.flows] for key, element in self._items()}
        self.incoming = {key: [one for one in element.incoming if one in self.flows] for key, element in self._items()}
        self.boundaries: dict[str, list[Element]] = {}
        for element in self.elements.values():
            if element.attached_to:
                self.boundaries.setdefault(element.attached_to, []).append(element)
        self.members: dict[str, list[str]] = {}
        self.place_of = {flow_id: self._place(flow_id) for flow_id in self.flows}
        self.moves = [move for element in self.elements.values() for move in self._moves(element)]
        self.from_place: dict[str, list[_Move]] = {}
        for move in self.moves:
            for place in move.takes:
                self.from_place.setdefault(place, []).append(move)
        self.joins = {key for key, element in self._items() if self._joins(element)}
        self.arrivals = {key: frozenset(self._puts(self.incoming[key])) for key in self.joins}
        self.coming = {key: self._coming(key) for key in self.joins if self.elements[key].kind == "inclusiveGateway"}

    def _items(self) -> Iterator[tuple[str, Element]]:
        return iter(self.elements.items())

    def _joins(self, element: Element) -> bool:
        return element.kind in ("parallelGateway", "inclusiveGateway") and len(self.incoming[element.id]) > 1

    def _plain(self, element_id: str) -> bool:
        """A step with one way in and one way out, which changes nothing about tokens."""
        one_way = len(self.incoming[element_id]) == 1 and len(self.outgoing[element_id]) == 1
        return one_way and element_id not in self.boundaries

    def _place(self, flow_id: str) -> str:
        """The last flow of the sequence that a flow begins; remembers which elements stand on it."""
        passed: list[str] = []
        current = flow_id
        while True:
            target = self.flows[current].target
            passed.append(target)
            following = self.outgoing[target]
            if not self._plain(target) or following[0] == flow_id or len(passed) > len(self.elements):
                break
            current = following[0]
        known = self.members.setdefault(current, [])
        known += [one for one in passed if one not in known]
        return current

    def _puts(self, flows: list[str] | tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.place_of[flow_id] for flow_id in flows)

    def _moves(self, element: Element) -> Iterator[_Move]:
        arrivals = {self.place_of[flow_id] for flow_id in self.incoming[element.id]}
        arrivals = {place for place in arrivals if self.flows[place].target == element.id}
        if not arrivals:
            return
        clears = element.kind == "endEvent" and any(one.kind in ("terminate", "error") for one in element.events)
        if element.kind == "parallelGateway":
            yield _Move(element.id, frozenset(arrivals), self._puts(self.outgoing[element.id]))
            return
        if element.id in self.boundaries:
            yield from self._guarded(element, arrivals)
            return
        for place in sorted(arrivals):
            for chosen in self._choices(element):
                yield _Move(element.id, frozenset({place}), self._puts(chosen), clears=clears)

    def _guarded(self, element: Element, arrivals: set[str]) -> Iterator[_Move]:
        active = f"@{element.id}"
        self.members[active] = [element.id]
        for place in sorted(arrivals):
            yield _Move(element.id, frozenset({place}), (active,))
        yield _Move(element.id, frozenset({active}), self._puts(self.outgoing[element.id]))
        for event in self.boundaries[element.id]:
            leaving = self._puts(self.outgoing[event.id])
            if event.interrupting:
                yield _Move(event.id, frozenset({active}), leaving)
            else:
                yield _Move(event.id, frozenset({active}), (active, *leaving), once=f"!{event.id}")

    def _choices(self, element: Element) -> Iterator[tuple[str, ...]]:
        flows = self.outgoing[element.id]
        if element.kind in ("exclusiveGateway", "eventBasedGateway", "complexGateway"):
            yield from ((flow_id,) for flow_id in flows)
        elif element.kind == "inclusiveGateway":
            sizes = range(1, len(flows) + 1) if len(flows) <= 5 else (1, 2, len(flows))
            yield from (chosen for size in sizes for chosen in combinations(flows, size))
        else:
            yield tuple(flows)

    def _coming(self, join: str) -> dict[str, frozenset[str]]:
        """From each place, into which arrivals of an inclusive join a token can still come; places from which into none
        are left out."""
        found = {place: self.arrivals[join] & self._ahead(place, join) for place in self.members}
        return {place: arrivals for place, arrivals in found.items() if arrivals}

    def _ahead(self, place: str, join: str) -> set[str]:
        """Where a token can come to from this place without passing the join."""
        seen: set[str] = set()
        ahead = [place]
        while ahead:
            current = ahead.pop()
            if current not in seen:
                seen.add(current)
                ahead += [put for move in self.from_place.get(current, ()) if move.by != join for put in move.puts]
        return seen

    def start(self) -> Situation:
        """A token on every flow out of the start events."""
        starts = [one for one in self.elements.values() if one.kind == "startEvent"]
        return frozenset(place for one in starts for place in self._puts(self.outgoing[one.id]))

    def enabled(self, move: _Move, now: Situation) -> frozenset[str] | None:
        """What the move would take now, or None when it cannot happen."""
        element = self.elements[move.by]
        if move.once and move.once in now:
            return None
        if element.kind != "inclusiveGateway" or move.by not in self.joins:
            return move.takes if move.takes <= now else None
        return self._inclusive(move, now)

    def _inclusive(self, move: _Move, now: Situation) -> frozenset[str] | None:
        """An inclusive join takes all that has arrived, when nothing else can still come by another way (BPMN 13.4.3:
        what could as well come by a way that is taken already, in a loop, is not waited for)."""
        here, coming = now & self.arrivals[move.by], self.coming[move.by]
        if not move.takes <= here:
            return None
        for place in now - here:
            if place in coming and coming[place].isdisjoint(here):
                return None
        return here


def play(process: ProcessModel, scope: str | None) -> Findings:
    """All situations that one scope can come into."""
    net = _Net(process, scope)
    findings = Findings()
    first = net.start()
    seen, ahead = {first}, [first]
    pairs: set[tuple[str, str]] = set()
    while ahead and len(seen) < MOST_SITUATIONS:
        now = ahead.pop()
        standing = sorted(now)
        pairs.update(combinations(standing, 2))
        moved = False
        for move in {one: None for place in standing for one in net.from_place.get(place, ())}:
            taken = net.enabled(move, now)
            if taken is None:
                continue
            moved = True
            for then in _after(move, taken, now, findings):
                if then not in seen:
                    seen.add(then)
                    ahead.append(then)
        if not moved:
            _note_stuck(net, now, findings)
    _note_together(net, pairs, findings)
    return findings


def _after(move: _Move, taken: frozenset[str], now: Situation, findings: Findings) -> Iterator[Situation]:
    if move.clears:
        yield frozenset()
        return
    rest = now - taken
    if len(move.put) < len(move.puts) or not rest.isdisjoint(move.put):
        findings.twice.add(move.by)
        return
    yield rest | move.leaves


def _note_together(net: _Net, pairs: set[tuple[str, str]], findings: Findings) -> None:
    for one, other in pairs:
        for first in net.members.get(one, ()):
            beside = (second for second in net.members.get(other, ()) if first != second)
            findings.together.update(frozenset({first, second}) for second in beside)


def _note_stuck(net: _Net, now: Situation, findings: Findings) -> None:
    for place in now:
        if place in net.flows and net.flows[place].target in net.joins:
            findings.stuck.add(net.flows[place].target)
