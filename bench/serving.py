"""The server as a newcomer starts it: how long until it answers, and how much memory it took at its peak."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from typing import Any

import psutil

PATHS = ("/sign-in", "/see", "/healthz", "/readyz", "/verify")


def serve() -> dict[str, Any]:
    """Start with an empty folder, wait until the demonstration's papers are made, ask for pages, read the peak."""
    with tempfile.TemporaryDirectory() as folder:
        port = _free_port()
        environment = {
            **os.environ,
            "MEDIATION_DATABASE": f"sqlite:///{folder}/demo.sqlite",
            "MEDIATION_OUTBOX": f"{folder}/outbox",
            "PORT": str(port),
        }
        begun = time.perf_counter()
        command = [sys.executable, "-c", "from mediation.cli import main; main()", "run"]
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            _wait_for(port)
            first = time.perf_counter() - begun
            peak = _watch(process.pid, port)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)
    return {"rss_mb": peak / 2**20, "first_answer_s": first}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, seconds: float = 180) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if _ask(port, "/healthz") == 200:
            return
        time.sleep(0.2)  # a process outside this one: there is nothing else to wait for
    raise RuntimeError("the server did not answer")


def _ask(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except OSError:
        return 0
    finally:
        connection.close()


def _watch(pid: int, port: int, seconds: float = 30) -> float:
    """The largest sum of resident memory of the server and its children while it works and answers."""
    peak, until = 0.0, time.monotonic() + seconds
    while time.monotonic() < until:
        for path in PATHS:
            _ask(port, path)
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        peak = max(peak, sum(_resident(member) for member in family))
        time.sleep(0.5)  # as above: sampling another process
    return peak


def _resident(process: psutil.Process) -> float:
    try:
        memory = process.memory_full_info()
    except psutil.Error:
        return 0.0
    # Proportional share: pages that several processes share are counted once.
    return float(getattr(memory, "pss", memory.rss))
