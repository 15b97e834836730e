#!/bin/sh
# dockerfile-parse 2.0.1 ends an instruction at an empty line inside its continuation, so a FROM can
# vanish; and it takes lines of a heredoc for instructions, so that one can appear.
#
# BuildKit passes over empty lines in a continuation (with a warning), and pulls node:21 for the
# first file; `parent_images` is empty. It pulls alpine:3.19 alone for the second, where `FROM
# node:21` is text that a shell writes to another file; `baseimage` is node:21, and assigning
# `parent_images` changes that text.
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

EMPTY_LINE = "FROM \\\n\n  node:21\nRUN a\n"
HEREDOC = "FROM alpine:3.19\nRUN <<EOF\ncat > Dockerfile.app <<END\nFROM node:21\nEND\nEOF\n"

print(DockerfileParser(fileobj=io.BytesIO(EMPTY_LINE.encode())).parent_images)
parser = DockerfileParser(fileobj=io.BytesIO(HEREDOC.encode()))
print(parser.parent_images, parser.baseimage)
parser.parent_images = ["alpine:3.20", "other"]
print(parser.content, end="")
PYTHON
cat > expected <<'TEXT'
[]
['alpine:3.19', 'node:21'] node:21
FROM alpine:3.20
RUN <<EOF
cat > Dockerfile.app <<END
FROM other
END
EOF
TEXT
venv/bin/python seen.py > seen
diff -u expected seen
echo "as it was: ${0##*/}"
