"""What a rewrite asks before it is handed out: is it a relocation, and does a stranger agree."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.dockerfile.edits.plan import decide
from cdk_ecr_public_pull.dockerfile.edits.verify import is_relocation, is_witnessed
from cdk_ecr_public_pull.dockerfile.instructions.parsed_dockerfile import ParsedDockerfile
from cdk_ecr_public_pull.dockerfile.stages.analyze import analyze
from cdk_ecr_public_pull.dockerfile.stages.places import Conditions
from cdk_ecr_public_pull.images.mirrors import Mirrors
from cdk_ecr_public_pull.report.edit import Edit, apply_edits

BEFORE = b"FROM node AS a\nFROM nginx\nCOPY --from=a x y\nRUN --mount=from=myorg/x,target=/x ls\n"
RIGHT = BEFORE.replace(b"node", b"public.ecr.aws/docker/library/node").replace(
    b"nginx", b"public.ecr.aws/docker/library/nginx"
)
RELOCATED = {
    "right": (RIGHT, True),
    "with a comment": (b"# x\n" + RIGHT, True),
    "as before": (BEFORE, False),
    "half": (BEFORE.replace(b"node", b"public.ecr.aws/docker/library/node"), False),
    "another tag": (RIGHT.replace(b"/node", b"/node:1"), False),
    "another stage name": (RIGHT.replace(b"AS a", b"AS c").replace(b"from=a", b"from=c"), False),
    "another stage taken from": (RIGHT.replace(b"from=a", b"from=1"), False),
    "an image for a stage": (RIGHT.replace(b"AS a", b"AS c"), False),
    "one pull more": (RIGHT + b"COPY --from=node x y\n", False),
    "one pull less": (RIGHT.replace(b"RUN --mount=from=myorg/x,target=/x ls\n", b""), False),
    "one that has no copy": (RIGHT.replace(b"myorg/x", b"reg.example/x"), False),
    "another order": (b"".join(RIGHT.splitlines(keepends=True)[::-1]), False),
    "refused": (RIGHT + b"LABLE x\n", False),
    "empty": (b"", False),
}


@pytest.mark.parametrize(("content", "expected"), RELOCATED.values(), ids=RELOCATED.keys())
def test_is_relocation(content: bytes, expected: bool) -> None:
    """Only a file whose pulls are the old ones, moved, in the same stages, is a relocation."""
    files = ParsedDockerfile(BEFORE), ParsedDockerfile(content)
    before, after = (analyze(file, Conditions()) for file in files)
    decisions = decide(before, Mirrors(), lambda _: True, moves_digests=False)
    assert is_relocation(before, decisions, after) is expected


COPIES = "public.ecr.aws/docker/library/"
# A file and one edit of it, which dockerfile-parse finds right.
WITNESSED = {
    "a name": (b"FROM node\nRUN a\n", Edit(5, 5, COPIES)),
    "a name on a later line": (b"FROM \\\n  node AS b\n", Edit(9, 9, COPIES)),
    "a name behind a comment": (b"FROM \\\n# c\n  node\n", Edit(13, 13, COPIES)),
    "a name behind a blank line": (b"FROM \\\n\n  node\n", Edit(10, 10, COPIES)),
    "a prefix": (b"FROM docker.io/node\n", Edit(5, 15, COPIES)),
    "a default": (b"ARG A=node\nFROM $A\n", Edit(6, 6, COPIES)),
    "no UTF-8": (b"FROM node\nRUN \xff\n", Edit(5, 5, COPIES)),
    "CRLF": (b"FROM node\r\nRUN a\r\n", Edit(5, 5, COPIES)),
    "beside a heredoc": (b"FROM scratch\nRUN <<E\na\nE\nFROM node\n", Edit(30, 30, COPIES)),
    "nothing": (b"FROM node\n", Edit(5, 5, "")),
}


@pytest.mark.parametrize(("content", "edit"), WITNESSED.values(), ids=WITNESSED.keys())
def test_witnessed(content: bytes, edit: Edit) -> None:
    """A change within a line leaves the instructions on their lines, as a stranger sees them."""
    assert is_witnessed(content, apply_edits(content, [edit]), [edit])


FILE = b"FROM node AS a\nRUN b \\\n c\nCOPY --from=a d e\n"
NOT_WITNESSED = {
    "a line more": [Edit(5, 5, "scratch\nFROM ")],
    "a line less": [Edit(21, 23, "")],
    "a line moved": [Edit(4, 5, "\n"), Edit(14, 15, " ")],
    "a line joined to the next": [Edit(14, 15, "\\\n"), Edit(21, 23, "")],
    "an instruction in a comment": [Edit(0, 0, "# ")],
    "a line that a prefix had": [Edit(21, 24, COPIES)],
    "another instruction": [Edit(0, 4, "USER")],
    "a quote that takes in the next line": [Edit(14, 14, " \\")],
}


@pytest.mark.parametrize("edits", NOT_WITNESSED.values(), ids=NOT_WITNESSED.keys())
def test_not_witnessed(edits: list[Edit]) -> None:
    """A change that moves a line, or makes another instruction of one, is caught."""
    assert not is_witnessed(FILE, apply_edits(FILE, edits), edits)


def test_a_change_that_was_not_told() -> None:
    """A change elsewhere than where the edits lie is caught, and one of another length."""
    right = Edit(5, 5, COPIES)
    moved = apply_edits(FILE, [right])
    assert is_witnessed(FILE, moved, [right])
    assert not is_witnessed(FILE, moved.replace(b" c", b" x"), [right])
    assert not is_witnessed(FILE, moved.replace(b"node", b"nodes"), [right])
    assert not is_witnessed(FILE, moved, [Edit(44, 44, COPIES)])


def test_a_long_continuation() -> None:
    """Of a long continuation, which takes it long to read, the changed lines are looked at."""
    start = b"FROM node\nRUN a " + b"\\\n && b" * 3_000
    content = start + b"\nFROM nginx\n"
    edits = [Edit(5, 5, COPIES), Edit(len(start) + 6, len(start) + 6, COPIES)]
    moved = apply_edits(content, edits)
    assert is_witnessed(content, moved, edits)
    assert not is_witnessed(content, moved.replace(b"FROM", b"USER"), edits)
