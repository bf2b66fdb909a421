#!/usr/bin/env bash
# Succeeds when the PostgreSQL database of the tests answers.
set -euo pipefail

exec "$(dirname "$0")/../.venv/bin/python" - "$MEDIATION_TEST_POSTGRES" <<'PYTHON'
import sys

from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

try:
    create_engine(sys.argv[1], connect_args={"connect_timeout": 3}).connect().close()
except SQLAlchemyError as error:
    sys.exit(str(error).strip().splitlines()[0])
PYTHON
