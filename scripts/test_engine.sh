#!/bin/sh
# Runs the tests that have Docker engines, registries and an AWS of their own. Run after `make cdk`.
# Usage: scripts/test_engine.sh required|where-possible
# Where they cannot run it says why; only if they are required that is a failure. ENGINES chooses
# engines of tests/engine/engines.py; one that cannot be had is named in .venv/.engines-left-out.
set -eu
python=.venv/bin/python
ready=.venv/.ready-engine
left_out=.venv/.engines-left-out

case $1 in
required | where-possible) ;;
*)
    echo "ENGINE_TESTS is $1; it may be required or where-possible" >&2
    exit 2
    ;;
esac

cannot_run=3
ENGINES=$($python -m tests.engine.debian $left_out) || {
    status=$?
    [ $status = $cannot_run ] && [ "$1" = where-possible ] && exit 0
    exit $status
}

if [ ! $ready -nt .venv/.ready ]; then
    $python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
        --editable '.[engine]'
    touch $ready
fi
export ENGINES
# One engine stays with one worker, so that it is started once.
$python -m pytest -n 2 --dist loadgroup -m engine tests/engine
[ ! -f $left_out ] || cat $left_out
