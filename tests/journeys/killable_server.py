"""A server that can be killed and started again at once: a parent that has loaded the program forks children that serve.

Spoken to on standard input: each line "start" forks a child; the child's process id is printed. Ends with the input.
"""

from __future__ import annotations

import os
import socket
import sys

from werkzeug.serving import make_server

from app import create_app
from mediation.extensions import db
from mediation.releases import definition_of


def main(database: str, port: int, release: str) -> None:
    app = create_app({"DATABASE": database, "LOG_LEVEL": "CRITICAL"})
    with app.app_context():
        definition_of(release)
        # What the first request would do is done before the fork: a child lives for a few tenths of a second.
        app.test_client().get("/sign-in")
        for template in ("tasks/show.html", "tasks/done.html"):
            app.jinja_env.get_template(template)
        db.session.remove()
        db.engine.dispose()
    # Bound once and handed to every child: who asks between two children waits in the queue.
    door = socket.create_server(("127.0.0.1", port), backlog=64)
    print("ready", flush=True)
    for _line in sys.stdin:
        child = os.fork()
        if child == 0:
            make_server("127.0.0.1", port, app, threaded=True, fd=door.fileno()).serve_forever()
        print(child, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
