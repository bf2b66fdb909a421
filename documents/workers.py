"""Papers are printed in processes of their own: a crash, a leak or an endless layout costs a worker, never the server.

Each worker is a fresh interpreter with one font configuration, given one paper at a time over a socket; it is replaced
after some hundreds of papers, when it dies and when a paper takes too long. A worker whose parent is gone sees its
socket close and ends.
"""

from __future__ import annotations

import gc
import os
import queue
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from documents.bundle import Layouts
from documents.facts import refuse_oversize
from documents.refusals import PaperRefused, RendererUnavailable, RenderFailed
from documents.render import Paper, Press

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60.0
MEMORY = 3 * 1024**3  # bytes of address space a worker may take; an agreement needs a tenth
ATTEMPTS = 3  # a worker killed in the middle: the paper goes to the next one, but not for ever


@dataclass
class _Job:
    kind: str
    facts: Mapping[str, Any]
    check_url: str | None
    language: str
    annex: bool
    layouts: Layouts | None
    future: Future[Paper] = field(default_factory=Future)


class Renderer:
    """A pool of render workers; a context manager.

    ``processes`` workers print in parallel, each is replaced after ``papers_each`` papers, a paper may take
    ``seconds``. Entering raises RendererUnavailable when the machine cannot print papers rightly (see :func:`check`).
    Make it in the process that uses it: it does not survive a fork.
    """

    def __init__(self, processes: int = 2, *, papers_each: int = 400, seconds: float = 60.0) -> None:
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._lanes = [_Lane(self._jobs, papers_each, seconds) for _ in range(processes)]
        self._closed = False

    def __enter__(self) -> Renderer:
        self.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def start(self) -> None:
        """Start the workers and wait until they can print; raises RendererUnavailable."""
        try:
            for lane in self._lanes:
                lane.worker = _Worker()
            for lane in self._lanes:
                lane.worker.wait_until_ready()
        except RendererUnavailable:
            self._stop_workers()
            raise
        for lane in self._lanes:
            lane.start()

    def render(
        self,
        kind: str,
        facts: Mapping[str, Any],
        *,
        check_url: str | None = None,
        language: str = "zh",
        annex: bool = False,
        layouts: Layouts | None = None,
    ) -> Future[Paper]:
        """Queue one paper. The future gives the Paper, or raises PaperRefused (the facts are at fault: do not try
        again) or RenderFailed (the machine is: try again later)."""
        if self._closed:
            raise RenderFailed("the renderer is closed")
        job = _Job(kind, facts, check_url, language, annex, layouts)
        try:
            refuse_oversize(facts)  # a worker is never sent what it could not take in one gulp
        except PaperRefused as refusal:
            job.future.set_exception(refusal)
        else:
            self._jobs.put(job)
        return job.future

    def pids(self) -> list[int]:
        """Process ids of the living workers."""
        return [lane.worker.process.pid for lane in self._lanes if lane.worker and lane.worker.process.poll() is None]

    def close(self) -> None:
        """Print what is queued, then end the workers."""
        if self._closed:
            return
        self._closed = True
        for _ in self._lanes:
            self._jobs.put(None)
        for lane in self._lanes:
            if lane.is_alive():
                lane.join()
        self._stop_workers()

    def _stop_workers(self) -> None:
        for lane in self._lanes:
            if lane.worker:
                lane.worker.stop()


def check() -> list[str]:
    """Start one worker and return what keeps this machine from printing papers rightly; empty when all is well."""
    worker = _Worker()
    try:
        worker.wait_until_ready()
    except RendererUnavailable as error:
        return error.problems
    finally:
        worker.stop()
    return []


class _Lane(threading.Thread):
    """Feeds one worker with one paper at a time and replaces it when its time has come."""

    def __init__(self, jobs: queue.SimpleQueue[_Job | None], papers_each: int, seconds: float) -> None:
        super().__init__(name="paper-lane", daemon=True)
        self._jobs = jobs
        self._papers_each = papers_each
        self._seconds = seconds
        self.worker: _Worker = None  # type: ignore[assignment]  # set before the thread starts, and never empty after

    def run(self) -> None:
        while (job := self._jobs.get()) is not None:
            if not job.future.set_running_or_notify_cancel():
                continue
            try:
                job.future.set_result(self._print(job))
            except BaseException as error:  # whatever went wrong belongs to whoever waits for this paper
                job.future.set_exception(error)

    def _print(self, job: _Job) -> Paper:
        for _ in range(ATTEMPTS):
            if self.worker.printed >= self._papers_each or self.worker.process.poll() is not None:
                self._replace()
            try:
                return self.worker.print(job, self._seconds)
            except (EOFError, OSError):
                self._replace()
        raise RenderFailed(f"the worker died {ATTEMPTS} times while printing this paper")

    def _replace(self) -> None:
        self.worker.stop()
        self.worker = _Worker()
        self.worker.wait_until_ready()


class _Worker:
    """The parent's end of one worker process."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "documents.workers", str(theirs.fileno())]
        search = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        environment = {**os.environ, "PYTHONPATH": search}
        # A session of its own: Ctrl-C in the terminal ends the server, which then lets its workers finish.
        self.process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], env=environment, stdin=subprocess.DEVNULL, start_new_session=True
        )
        theirs.close()
        self._line = Connection(ours.detach())
        self._bundles: set[str] = set()
        self.printed = 0

    def wait_until_ready(self) -> None:
        try:
            problems = self._line.recv() if self._line.poll(START_SECONDS) else ["A render worker does not start."]
        except (EOFError, OSError):
            problems = ["A render worker ends at once; its message is in the log."]
        if problems:
            raise RendererUnavailable(problems)

    def print(self, job: _Job, seconds: float) -> Paper:
        """Raises PaperRefused, RenderFailed (time limit), EOFError or OSError (the worker died)."""
        bundle = self._send_bundle(job.layouts)
        self._line.send(("print", job.kind, dict(job.facts), job.check_url, job.language, job.annex, bundle))
        if not self._line.poll(seconds):
            self.process.kill()
            raise RenderFailed(f"the paper took longer than {seconds:g} seconds")
        self.printed += 1
        answer = self._line.recv()
        if isinstance(answer, Paper):
            return answer
        raise answer

    def _send_bundle(self, layouts: Layouts | None) -> str | None:
        """A release's own layouts travel once to each worker."""
        if layouts is None or layouts.hash == Layouts.shipped().hash:
            return None
        if layouts.hash not in self._bundles:
            self._line.send(("layouts", layouts.hash, dict(layouts.files)))
            self._bundles.add(layouts.hash)
        return layouts.hash

    def stop(self) -> None:
        self._line.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _serve(line: Connection) -> None:
    """The worker: say what is wrong (nothing), then print until the line closes."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        press = Press()
    except RendererUnavailable as error:
        line.send(error.problems)
        return
    problems = press.problems()
    line.send(problems)
    bundles: dict[str, Layouts] = {}
    gc.collect()
    gc.freeze()
    gc.disable()  # what a paper leaves behind is cleared away after it is handed out, not while it is made
    while not problems:
        what, *rest = line.recv()
        if what == "layouts":
            bundles[rest[0]] = Layouts(rest[1])
        else:
            line.send(_answer(press, bundles, *rest))
            gc.collect()


def _answer(
    press: Press,
    bundles: Mapping[str, Layouts],
    kind: str,
    facts: Mapping[str, Any],
    check_url: str | None,
    language: str,
    annex: bool,
    bundle: str | None,
) -> Paper | Exception:
    layouts = bundles[bundle] if bundle else None
    try:
        return press.print(kind, facts, check_url=check_url, language=language, annex=annex, layouts=layouts)
    except PaperRefused as error:
        return error
    except Exception as error:  # the worker must outlive any paper; its parent reports this one
        return RenderFailed(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    try:
        _serve(Connection(int(sys.argv[1])))
    except (EOFError, OSError, KeyboardInterrupt):
        sys.exit(0)  # the parent is gone, or asked us to go
