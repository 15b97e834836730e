#!/bin/sh
# dockerfile-parse 2.0.1 puts a variable's value in front of the operator of ${V:-default}, and
# leaves the operator and the brace in the name.
#
# BuildKit reads `ARG V=21` and `FROM node:${V:-20}` as node:21. `parent_images` has "node:21:-20}",
# which is no image name; without a value for V it has "node::-20}". Nothing is raised. A default
# that holds another ARG stays as written.
#
# Seen with dockerfile-parse 2.0.1 (its newest release), on Python 3.11.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check dockerfile-parse==2.0.1
cd "$folder"
cat > seen.py <<'PYTHON'
import io

from dockerfile_parse import DockerfileParser

FILES = (
    "ARG V=21\nFROM node:${V}\n",
    "ARG V=21\nFROM node:${V:-20}\n",
    "ARG V\nFROM node:${V:-20}\n",
    "ARG MAJOR=2\nARG V=${MAJOR}1\nFROM node:$V\n",
)
for text in FILES:
    print(DockerfileParser(fileobj=io.BytesIO(text.encode())).parent_images)
PYTHON
cat > expected <<'TEXT'
['node:21']
['node:21:-20}']
['node::-20}']
['node:${MAJOR}1']
TEXT
venv/bin/python seen.py > seen
diff -u expected seen
echo "as it was: ${0##*/}"
