"""What is refused for a stage that a build needs, and what for any stage."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from cdk_ecr_public_pull.dockerfile.pulls import find_pulls
from tests.dockerfile.support import check_rewritten


class Row(NamedTuple):
    """A file, its target, why its build is refused, and the images that it needs."""

    content: str
    target: str | None
    error: str | None
    reachable: list[str]


EARLY = 'cannot copy from stage "later", it needs to be defined before current stage "{}"'
MOUNTED = 'cannot mount from stage "later", it needs to be defined before current stage "{}"'
FORWARD = "FROM node:21 AS first\nCOPY --from=later /a /b\nFROM busybox AS later\n"
BAD_WORD = 'failed to process "${A!}": unsupported modifier (!) in substitution'
UNNEEDED = "FROM node AS a\nENV A=${A!}\nFROM nginx AS b\n"
TRIGGER = "FROM node AS a\nONBUILD ADD a\nFROM a AS c\nFROM nginx AS b\n"
ROWS = {
    "a copy from a later stage": Row(FORWARD, None, None, ["busybox"]),
    "the same, needed": Row(FORWARD, "first", EARLY.format("first"), ["busybox", "node"]),
    "the same, without a name": Row(
        "FROM node\nCOPY --from=later a b\nFROM nginx AS later\nFROM 0\n", None, None, ["0"]
    ),
    "a mount of a later stage": Row(
        "FROM node AS a\nRUN --mount=from=later true\nFROM nginx AS later\nFROM a\n",
        None,
        MOUNTED.format("a"),
        ["nginx", "node"],
    ),
    "a copy by the index of a later stage": Row(
        "FROM node AS a\nCOPY --from=1 a b\nFROM nginx\n", None, None, ["nginx"]
    ),
    "a word of an unneeded stage": Row(UNNEEDED, None, None, ["nginx"]),
    "a word of the target": Row(UNNEEDED, "a", BAD_WORD, ["node"]),
    "a word of a stage that is copied from": Row(
        f"{UNNEEDED}COPY --from=a a b\n", None, BAD_WORD, ["nginx", "node"]
    ),
    "a word of a stage that is built on": Row(f"{UNNEEDED}FROM a\n", None, BAD_WORD, ["node"]),
    "a secret mount with from, unneeded": Row(
        "FROM node AS a\nRUN --mount=type=secret,from=x true\nFROM nginx\n", None, None, ["nginx"]
    ),
    "a trigger that an unneeded stage fires": Row(TRIGGER, None, None, ["nginx"]),
    "a trigger that the target fires": Row(
        TRIGGER,
        "c",
        "ADD requires at least two arguments, but only one was provided. "
        "Destination could not be determined",
        [],
    ),
    "an index that no stage has": Row(
        "FROM node AS a\nCOPY --from=9 a b\nFROM nginx\n", None, "invalid stage index 9", []
    ),
    "a name that is none": Row(
        "FROM node:\nFROM nginx\n",
        None,
        'failed to parse stage name "node:": invalid reference format',
        ["nginx"],
    ),
    "an instruction that is none": Row(
        "FROM node\nLABLE a\nFROM nginx\n", None, "unknown instruction: LABLE", []
    ),
    "a circle": Row(
        "FROM node AS a\nCOPY --from=b a b\nFROM nginx AS b\nCOPY --from=a a b\nFROM busybox\n",
        None,
        "circular dependency detected on stage: a",
        [],
    ),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_refused(row: Row) -> None:
    """What an instruction does is refused on the way to the target; form and names anywhere."""
    found = find_pulls(row.content.encode(), target=row.target)
    reachable = sorted({pull.image.familiar for pull in found.pulls if pull.reachable})
    expected = sorted(f"{name}:latest" if ":" not in name else name for name in row.reachable)
    message = found.error.message if found.error else None
    assert (message, [it.replace(":21", ":latest") for it in reachable]) == (row.error, expected)


def test_moved() -> None:
    """A file that builds is moved, all stages of it."""
    check_rewritten(
        FORWARD.encode(),
        b"FROM ~node:21 AS first\nCOPY --from=later /a /b\nFROM ~busybox AS later\n",
    )
    check_rewritten(UNNEEDED.encode(), b"FROM ~node AS a\nENV A=${A!}\nFROM ~nginx AS b\n")
