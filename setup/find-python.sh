#!/bin/sh
# Prints the Python that set-up builds on: `sh find-python.sh PROJECT`. Every candidate is run before it is believed:
# a pyenv shim may lead nowhere, and a distribution may ship Python without venv or ssl.
# 3.13 comes before 3.12 because it is what most packages are tested on today, 3.14 after both because its wheels are
# the youngest. A Python of a virtual environment is replaced by the one below it, which outlives that environment.
set -u
project=$1
tried=

probe='
import sys
sys.version_info >= (3, 12) or sys.exit(f"is Python {sys.version.split()[0]}")
import ctypes, ensurepip, sqlite3, ssl, venv, zlib
print(sys._base_executable)'

try() {
    why=$("$1" -E -s -c "$probe" 2>&1 </dev/null) && [ -x "$why" ] && printf '%s\n' "$why" && exit 0
    tried="$tried$1: $why
"
}

fail() {
    log=$project/.build/setup.log
    mkdir -p "$project/.build" && printf 'Tried as Python >= 3.12:\n%s' "$tried" >"$log" && log=", see $log"
    echo "set-up: $1$log" >&2
    exit 1
}

if [ -n "${PYTHON:-}" ]; then
    try "$PYTHON"
    fail "PYTHON=$PYTHON does not run as a Python >= 3.12 with venv and ssl: give another, or none to have one looked for"
fi

[ -r "$project/.build/python" ] && try "$(cat "$project/.build/python")" # the one the last set-up used

for name in python3.13 python3.12 python3.14 python3 python; do
    command -v "$name" >/dev/null 2>&1 && try "$name"
done

versions=${PYENV_ROOT:-${HOME:-}/.pyenv}/versions
for minor in 13 12 14; do
    for patch in $(ls "$versions" 2>/dev/null | sed -n "s/^3\.$minor\.\([0-9][0-9]*\)\$/\1/p" | sort -rn); do
        try "$versions/3.$minor.$patch/bin/python"
    done
done

fail "no Python >= 3.12 runs here: install one with its venv module, or name one: make PYTHON=/path/to/python3"
