"""The `mediation` command out of a process that has read the program once: each call is a fork of it, with the caller's
arguments, folder, environment and pipes. Importing everything anew takes longer than what most commands do."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What stands on the path as `mediation`: hands everything over, and ends as the command ends.
CALLER = """#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    told = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
    socket.send_fds(server, [len(told).to_bytes(4, "big")], [0, 1, 2])
    server.sendall(told)
    sys.exit((server.recv(1) or b"\\x46")[0])
"""


@contextmanager
def preloaded(folder: Path) -> Iterator[Path]:
    """A folder for PATH in which `mediation` stands, as long as it is needed."""
    address, bin_folder = folder / "preloaded", folder / "bin"
    bin_folder.mkdir()
    caller = bin_folder / "mediation"
    caller.write_text(CALLER.format(python=sys.executable, address=str(address)))
    caller.chmod(0o755)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.preloaded", str(address)], cwd=ROOT, stdout=subprocess.PIPE
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        try:
            yield bin_folder
        finally:
            server.terminate()


def _serve(address: str) -> None:
    from mediation.cli import COMMANDS

    import_module("app")
    for name in dict.fromkeys(COMMANDS.values()):
        import_module(f"mediation.commands.{name}")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        print("ready", flush=True)
        while True:
            call, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                _answer(call)
            call.close()
            with suppress(ChildProcessError):
                os.waitpid(-1, os.WNOHANG)


def _answer(call: socket.socket) -> None:
    length, pipes, _flags, _from = socket.recv_fds(call, 4, 3)
    with call.makefile("rb") as told:
        arguments, folder, environment = json.loads(told.read(int.from_bytes(length, "big")))
    for number, pipe in enumerate(pipes):
        os.dup2(pipe, number)
        os.close(pipe)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    call.sendall(bytes([_command(arguments)]))
    os._exit(0)


def _command(arguments: list[str]) -> int:
    """The exit code of the command, everything said."""
    from mediation.cli import main

    sys.argv = ["mediation", *arguments]
    try:
        main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    _serve(sys.argv[1])
