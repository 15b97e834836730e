#!/bin/sh
# In Python, aws-cdk-lib 2.275.0 looks for relative paths of assets in the folder that the process
# was in when it imported aws_cdk, whatever os.chdir has done since.
#
# The import starts Node, which has a working folder of its own and keeps it. What Python itself
# opens by the same relative path is another file, so that an app, or a test that changes the
# folder by a fixture, may stage another file than the one it has read. Nothing is said.
#
# Seen with aws-cdk-lib 2.275.0, jsii as it brings it, on Python 3.11 and Node 20.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check aws-cdk-lib==2.275.0
mkdir "$folder/first" "$folder/second"
echo first > "$folder/first/data.txt"
echo second > "$folder/second/data.txt"
cat > "$folder/seen.py" <<'PYTHON'
import os
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_s3_assets as s3_assets

os.chdir("../second")
app = cdk.App(outdir=str(Path("../out").resolve()))
stack = cdk.Stack(app, "Stack")
asset = s3_assets.Asset(stack, "Asset", path="data.txt")
app.synth()
[staged] = Path("../out").glob("asset.*.txt")
print("Python reads:", Path("data.txt").read_text().strip())
print("CDK stages:", staged.read_text().strip())
PYTHON
cat > "$folder/expected" <<'TEXT'
Python reads: second
CDK stages: first
TEXT
cd "$folder/first"
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=1 JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION=1
"$folder/venv/bin/python" ../seen.py > ../seen
diff -u ../expected ../seen
echo "as it was: ${0##*/}"
