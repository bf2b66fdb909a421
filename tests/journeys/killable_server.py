"""A server that can be killed and started again at once: a parent that has loaded the program forks children that serve.

Spoken to on standard input: each line "start" forks a child; the child's process id is printed. Ends with the input.
"""

from __future__ import annotations

import os
import sys

from werkzeug.serving import make_server

from app import create_app
from mediation.extensions import db
from mediation.releases import definition_of


def main(database: str, port: int, release: str) -> None:
    app = create_app({"DATABASE": database, "LOG_LEVEL": "CRITICAL"})
    with app.app_context():
        definition_of(release)
        db.session.remove()
        db.engine.dispose()
    print("ready", flush=True)
    for _line in sys.stdin:
        child = os.fork()
        if child == 0:
            make_server("127.0.0.1", port, app, threaded=True).serve_forever()
        print(child, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
