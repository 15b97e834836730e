#!/bin/sh
# Runs the tests that need the CDK with the oldest aws-cdk-lib that pyproject.toml allows.
# `make test` runs them with the newest, that of constraints.txt. Run after `make cdk`.
set -eu
venv=.venv/oldest
python=$venv/bin/python

oldest=$(sed -n 's/^ *"aws-cdk-lib>=\([0-9.]*\),.*/\1/p' pyproject.toml)

if [ "$(cat $venv/.ready 2>/dev/null)" != "$oldest" ]; then
    echo "Making $venv with aws-cdk-lib $oldest"
    .venv/bin/python -m venv --clear $venv
    # What the CDK brings with it has to be as old as it is.
    sed '/^aws-cdk/d; /^constructs==/d; /^jsii==/d' constraints.txt > $venv/constraints.txt
    $python -m pip install --quiet --disable-pip-version-check \
        --constraint $venv/constraints.txt --editable '.[dev]' "aws-cdk-lib==$oldest"
    # The same Node and CDK CLI, where `make cdk` put some.
    for tool in node npm npx cdk cdk-assets; do
        [ ! -e ".venv/bin/$tool" ] || ln -sf "../../bin/$tool" "$venv/bin/$tool"
    done
    echo "$oldest" > $venv/.ready
fi

$python -m pytest -n auto tests/constructs tests/examples tests/test_sample.py tests/test_public_names.py
