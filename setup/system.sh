#!/usr/bin/env bash
# Provides what only the operating system can give; installs it with apt where that is allowed, says what to type where not.
#
#   setup/system.sh venv    Python can make a virtual environment
#   setup/system.sh pdf     Pango and HarfBuzz for WeasyPrint: without them no paper comes out
#   setup/system.sh tests   a browser, and the tools that look into PDFs (missing ones are skipped, unless required)
set -euo pipefail

python=${PYTHON:-python3}

loads() { "$python" -c 'import ctypes, sys; [ctypes.CDLL(name) for name in sys.argv[1:]]' "$@" 2>/dev/null; }
imports() { "$python" -c "import $1" 2>/dev/null; }
has() { command -v "$1" >/dev/null 2>&1; }

missing=()
need_for_venv() {
    local version
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    imports "venv, ensurepip" || missing+=("python$version-venv")
}
need_for_pdf() {
    loads libpango-1.0.so.0 || missing+=(libpango-1.0-0)
    loads libpangoft2-1.0.so.0 || missing+=(libpangoft2-1.0-0)
    loads libharfbuzz-subset.so.0 || missing+=(libharfbuzz-subset0)
}
need_for_tests() {
    has chromium || has chromium-browser || has google-chrome || missing+=(chromium)
    has pdftoppm || missing+=(poppler-utils)
    has qpdf || missing+=(qpdf)
    has softhsm2-util || missing+=(softhsm2)
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}
may_install() {
    has apt-get && { [ "$(id -u)" = 0 ] || { has sudo && sudo -n true 2>/dev/null; }; }
}
install() {
    echo "Installing with apt: $*"
    as_root apt-get update -q
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

case "${1:-}" in
    venv) why="to make a virtual environment"; need_for_venv ;;
    pdf) why="to print papers"; need_for_pdf ;;
    tests) why="for some of the tests"; need_for_tests ;;
    *) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac

[ ${#missing[@]} = 0 ] && exit 0
if may_install; then
    install "${missing[@]}" && exit 0
fi
{
    echo
    echo "  These packages are missing $why: ${missing[*]}"
    echo "  Please run this, then start again:"
    echo
    echo "      sudo apt-get update && sudo apt-get install -y ${missing[*]}"
    echo
} >&2
if [ "$1" = tests ] && [ -z "${MEDIATION_REQUIRE:-}" ]; then
    echo "  Going on without them: the tests that need them are skipped." >&2
    exit 0
fi
exit 1
