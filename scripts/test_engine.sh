#!/bin/sh
# Runs the tests that have a Docker engine, registries and an AWS of their own. Run after `make cdk`.
# Usage: scripts/test_engine.sh required|where-possible
# Where they cannot run it says why; only if they are required that is a failure.
set -eu
python=.venv/bin/python
ready=.venv/.ready-engine

case $1 in
required | where-possible) ;;
*)
    echo "ENGINE_TESTS is $1; it may be required or where-possible" >&2
    exit 2
    ;;
esac

cannot_run=3
$python -m tests.engine.debian || {
    status=$?
    [ $status = $cannot_run ] && [ "$1" = where-possible ] && exit 0
    exit $status
}

if [ ! $ready -nt .venv/.ready ]; then
    $python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
        --editable '.[engine]'
    touch $ready
fi
$python -m pytest -n 2 --dist loadfile -m engine tests/engine
