"""The quick way's finder: what it reads in usual Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.dockerfile.quick import rewrite_quickly
from cdk_ecr_public_pull.dockerfile.usual import find_usual
from cdk_ecr_public_pull.images.mirrors import Mirrors

# The names that come of the places of each file, with the stage that each names.
NAMED: dict[str, tuple[str, list[tuple[str, int | None]]]] = {
    "a base": ("FROM node:21", [("node:21", None)]),
    "a stage": ("FROM a AS B\nFROM b", [("a", None), ("b", 0)]),
    "a platform": ("FROM --platform=${BUILDPLATFORM} a aS b", [("a", None)]),
    "nothing": ("FROM scratch", [("scratch", -1)]),
    "a syntax": (
        "# syntax=docker/dockerfile:1\nFROM a",
        [("docker/dockerfile:1", None), ("a", None)],
    ),
    "a check": ("# check=error=true\n# syntax=a\nFROM b", [("a", None), ("b", None)]),
    "a check behind a syntax": ("# syntax=a\n# check=skip=All\nFROM b", [("a", None), ("b", None)]),
    "a comment like a directive": ("# version = 1\nFROM a", [("a", None)]),
    "a copy": ("FROM a\nCOPY --from=b c d", [("a", None), ("b", None)]),
    "a copy of a stage": (
        "FROM a AS b\nFROM c\nCOPY --from=0 d e",
        [("a", None), ("c", None), ("0", 0)],
    ),
    "a copy with flags": (
        "FROM a\nCOPY --link --from=b --chmod=755 c d",
        [("a", None), ("b", None)],
    ),
    "mounts": (
        "FROM a AS b\nFROM c\nRUN --mount=type=cache,target=/d,from=B --mount=type=bind,from=e f",
        [("a", None), ("c", None), ("B", 0), ("e", None)],
    ),
    "mounts of other forms": (
        "FROM a\nRUN --mount=target=/b,from=c,ro --mount=from=d,type=cache,target=/e f",
        [("a", None), ("c", None), ("d", None)],
    ),
    "a trigger": ("FROM a\nONBUILD COPY . /b\nFROM c", [("a", None), ("c", None)]),
    "a heredoc between": ("FROM a\nRUN <<E\nFROM b\nE\nFROM c", [("a", None), ("c", None)]),
    "a tag of an ARG": ("ARG V=21\nFROM node:$V-slim", [("node:21-slim", None)]),
    "a quoted default": ('ARG V="21"\nFROM node:${V}', [("node:21", None)]),
    "a name of an ARG": ("ARG A=node:21\nFROM $A", [("node:21", None)]),
    "ARGs of ARGs": ("ARG A=node\nARG B=$A:21\nFROM $B", [("node:21", None)]),
    "the last default": ("ARG A=a\nARG A=b\nARG A\nFROM $A", [("b", None)]),
    "a stage by an ARG": ("ARG A=b\nFROM a AS b\nFROM $A", [("a", None), ("b", 0)]),
    "an ARG with spaces that no name has": ('ARG A="b c"\nFROM a', [("a", None)]),
}


@pytest.mark.parametrize(("text", "expected"), NAMED.values(), ids=NAMED.keys())
def test_named(text: str, expected: list[tuple[str, int | None]]) -> None:
    """Each place gives its name, and the stage that it names."""
    found = find_usual(text.encode())
    assert found is not None
    assert [(place[3], place[4]) for place in found.named] == expected


NOT_USUAL = {
    "no stage": "ARG A",
    "an instruction before the first stage": "RUN a\nFROM b",
    "lower case": "from a",
    "a trigger that names an image": "FROM a\nONBUILD COPY --from=b c d",
    "a trigger that mounts an image": "FROM a\nONBUILD RUN --mount=from=b c",
    "a trigger of a trigger": "FROM a\nONBUILD ONBUILD RUN b",
    "a mount with an equals sign": "FROM a\nRUN --mount=target=from=b c",
    "a mount of two images": "FROM a\nRUN --mount=from=b,target=/c,from=d e",
    "an ARG without a value": "ARG A\nFROM $A",
    "an ARG of the platform": "FROM node:$TARGETARCH",
    "an empty default": "ARG A=a\nARG A=\nFROM ${A}b",
    "a default with a space": 'ARG A=a\nARG A="b c"\nFROM $A',
    "a default of an unknown ARG": "ARG A=$B\nFROM a$A",
    "an operation": "ARG A\nFROM ${A:-a}",
    "a later stage": "FROM a\nCOPY --from=b c d\nFROM e AS b",
    "a mount of a later stage": "FROM a\nRUN --mount=type=bind,from=b c\nFROM e AS b",
    "the stage itself": "FROM a AS b\nCOPY --from=b c d",
    "a comment between mounts": "FROM a\nRUN --mount=type=ssh \\\n# b\n --mount=type=bind,from=c d",
    "two stages of one name": "FROM a AS b\nFROM c AS b",
    "a pull that is ignored": "# ecr-public-pull: ignore\nFROM a",
    "a directive": "# escape=`\nFROM a",
    "a check that may be refused": "# check=fail=true\nFROM a",
    "a directive behind another space": "#\u2028 syntax=a\nFROM b",
    "a check in upper case": "# check=SKIP=all\nFROM a",
    "two checks": "# check=skip=all\n# check=skip=all\nFROM a",
    "an index of many digits": f"FROM a\nCOPY --from={'1' * 5000} b c",
    "two syntaxes": "# syntax=a\n# syntax=b\nFROM c",
    "a syntax that is a comment": "\n# syntax=a\nFROM b",
    "a stage's name that is no reference": "FROM a AS b___c",
    "a stage's name that may be a digest": f"FROM a AS {'ab' * 32}",
}


@pytest.mark.parametrize("text", NOT_USUAL.values(), ids=NOT_USUAL.keys())
def test_not_usual(text: str) -> None:
    """What is not usual is left to the long way."""
    assert find_usual(text.encode()) is None


COPIES = "public.ecr.aws/docker/library/"
# What comes of a file's ARGs and FROM lines; None if the long way is asked.
REWRITTEN: dict[str, tuple[str, str | None]] = {
    "a default": ("ARG A=node:21\nFROM $A\nFROM $A", f"ARG A={COPIES}node:21\nFROM $A\nFROM $A"),
    "a registry": (
        "ARG R=docker.io\nFROM $R/node\nFROM ${R}/nginx",
        f"ARG R={COPIES[:-1]}\nFROM $R/node\nFROM ${{R}}/nginx",
    ),
    "a default of a default": (
        'ARG A="node"\nARG B=$A:21\nFROM $B AS c',
        f'ARG A="{COPIES}node"\nARG B=$A:21\nFROM $B AS c',
    ),
    "a name before its tag": ("ARG V=1\nFROM node:$V", f"ARG V=1\nFROM {COPIES}node:$V"),
    "more than the default": ("ARG R=docker\nFROM $R.io/node", None),
    "more than the literal part": ("ARG R=io\nFROM docker.$R/node", None),
    "a default of two names": ("ARG A=node\nFROM $A\nFROM ghcr.io/a/$A", None),
    "a default that a tag has, too": ("ARG A=node\nFROM $A\nFROM nginx:$A", None),
    "a default that a stage has": ("ARG A=node\nFROM $A\nARG A\nRUN b", None),
    "a default that is a stage's name, too": (
        "ARG A=node\nFROM $A AS b\nFROM c AS node\nFROM $A",
        None,
    ),
}


@pytest.mark.parametrize(("text", "expected"), REWRITTEN.values(), ids=REWRITTEN.keys())
def test_rewritten(text: str, expected: str | None) -> None:
    """A name is changed where it begins, if nothing else sees the change."""
    rewrite = rewrite_quickly(text.encode(), Mirrors(), report_all=False)
    assert (None if rewrite is None else rewrite.content.decode()) == expected
