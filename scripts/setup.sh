#!/bin/sh
# Makes .venv and installs the project in it, with its tools, in the versions of constraints.txt.
# Usage: scripts/setup.sh PYTHON
set -eu
python=$1

fail() {
    printf 'make setup: %s\n' "$@" >&2
    exit 1
}

command -v "$python" >/dev/null ||
    fail "there is no $python on PATH." \
        "Install Python 3.11 or newer, or name the one to use: make setup PYTHON=python3.12"

# Printed by whatever Python was found, however old it is.
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])') ||
    fail "$python does not run; its own words are above." \
        "Name another: make setup PYTHON=python3.12"

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$python is Python $version; this project needs 3.11 or newer." \
        "Install a newer one, or name the one to use: make setup PYTHON=python3.12"

"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "$python (Python $version) cannot make a virtual environment: its venv or ensurepip is missing." \
        "On Debian and Ubuntu: apt-get install python$version-venv"

# A venv without a pip that runs is what an interrupted setup leaves behind.
if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    echo "Making .venv with Python $version"
    "$python" -m venv --clear .venv ||
        fail "$python could not make .venv; its own words are above."
fi

echo "Installing the project and its tools in .venv (a minute or two the first time)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check \
    --constraint constraints.txt --editable '.[dev]' ||
    fail "pip could not install the project; its own words are above." \
        "It needs a Python package index that it can reach, and space for 1 GB."
