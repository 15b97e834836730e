"""The rewriter's check of its own work, shown on edits that are broken on purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from cdk_ecr_public_pull.dockerfile.edits import plan, verify
from cdk_ecr_public_pull.dockerfile.rewrite import check_dockerfile, rewrite_dockerfile
from cdk_ecr_public_pull.report import edit
from cdk_ecr_public_pull.report.edit import Edit, apply_edits
from cdk_ecr_public_pull.report.finding import Finding
from cdk_ecr_public_pull.report.formats.text import render_all

Break = Callable[[list[Edit]], list[Edit]]

COPIES = "public.ecr.aws/docker/library/"
USUAL = b"FROM node:21 AS a\nFROM nginx\nCOPY --from=a x y\n"
WITH_ARG = b"ARG T=21\nARG B=node\nFROM $B:$T AS a\nFROM nginx\nCOPY --from=a x y\n"
BY_HAND = "by hand: the change could not be shown to be safe"
LEFT_USUAL = f"""\
Dockerfile:1:6: error: node:21 is pulled from Docker Hub [docker-hub-pull]
  FROM node:21 AS a
       ^^^^^^^
  help: write {COPIES}node:21 {BY_HAND}
Dockerfile:2:6: error: nginx:latest is pulled from Docker Hub [docker-hub-pull]
  FROM nginx
       ^^^^^
  help: write {COPIES}nginx:latest {BY_HAND}"""
LEFT_WITH_ARG = f"""\
Dockerfile:3:6: error: node:21 is pulled from Docker Hub [docker-hub-pull]
  FROM $B:$T AS a
       ^^^^^
  help: write {COPIES}node:21 {BY_HAND}
Dockerfile:4:6: error: nginx:latest is pulled from Docker Hub [docker-hub-pull]
  FROM nginx
       ^^^^^
  help: write {COPIES}nginx:latest {BY_HAND}"""


def _with(number: int, replacement: str) -> Break:
    """Let one edit put something else there."""
    return lambda edits: [
        it._replace(replacement=replacement) if index == number else it
        for index, it in enumerate(edits)
    ]


def _shifted(distance: int) -> Break:
    return lambda edits: [
        Edit(it.start + distance, it.end + distance, it.replacement) for it in edits
    ]


BROKEN: dict[str, Break] = {
    "shifted to the right": _shifted(1),
    "shifted to the left": _shifted(-1),
    "one of them left out": lambda edits: edits[1:],
    "all of them left out": lambda edits: edits[:0],
    "made twice": lambda edits: [it for it in edits for _ in range(2)],
    "too much replaced": lambda edits: [it._replace(end=it.end + 1) for it in edits],
    "another repository": _with(1, COPIES + "x/"),
    "another registry": _with(0, "ghcr.io/docker/library/"),
    "no name at all": _with(0, COPIES + "/"),
    "a variable": _with(0, "$A/"),
    "a space": _with(1, COPIES + " "),
    "a line more": _with(1, "scratch\nFROM " + COPIES),
    "a comment": lambda edits: [Edit(0, 0, "# "), *edits],
    "a directive": lambda edits: [Edit(0, 0, "# syntax=x\n"), *edits],
    "a stage more in front": lambda edits: [Edit(0, 0, "FROM scratch\n"), *edits],
}
FILES = {"usual": (USUAL, LEFT_USUAL), "with an ARG": (WITH_ARG, LEFT_WITH_ARG)}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
@pytest.mark.parametrize(("content", "left"), FILES.values(), ids=FILES.keys())
def test_broken(content: bytes, left: str, broken: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    """Edits that do more or less than they should are not made, and the findings say so."""
    assert rewrite_dockerfile(content).content != content
    _break(monkeypatch, broken)
    rewrite = rewrite_dockerfile(content)
    told = _rendered(rewrite.findings, content)
    assert (rewrite.content, rewrite.edits, told) == (content, (), left)


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_broken_check(broken: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check promises no change either, where it is not plain what comes of it."""
    _break(monkeypatch, broken)
    assert _rendered(check_dockerfile(WITH_ARG), WITH_ARG) == LEFT_WITH_ARG


# A file, and the default that is edited in place of the right one.
WRONG_ARGS = {
    "of the tag": (WITH_ARG, 6),
    "of another image": (b"ARG A=node\nARG B=x/y\nFROM $A\nFROM $B\n", 17),
    "of a stage": (b"ARG A=node\nARG B=b\nFROM $A AS b\nFROM $B\n", 17),
    "that is overridden": (b"ARG A=x\nARG A=node\nFROM $A\n", 6),
}


@pytest.mark.parametrize(("content", "start"), WRONG_ARGS.values(), ids=WRONG_ARGS.keys())
def test_the_wrong_arg(content: bytes, start: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """An edit of another ARG than the one that names the repository is not made."""
    assert rewrite_dockerfile(content).content != content
    _break(monkeypatch, lambda edits: [edits[0]._replace(start=start, end=start), *edits[1:]])
    rewrite = rewrite_dockerfile(content)
    assert (rewrite.content, rewrite.edits) == (content, ())


def test_a_witness_that_disagrees(monkeypatch: pytest.MonkeyPatch) -> None:
    """What dockerfile-parse does not confirm is not made, and the findings say so."""
    monkeypatch.setattr(verify, "is_witnessed", lambda *_: False)
    rewrite = rewrite_dockerfile(USUAL)
    told = _rendered(rewrite.findings, USUAL)
    assert (rewrite.content, rewrite.edits, told) == (USUAL, (), LEFT_USUAL)


def test_a_wrong_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy's name that was worked out wrongly never gets into the file."""
    monkeypatch.setattr(
        plan, "replaced_prefix", lambda _old, _new: (0, "public.ecr.aws/docker/libary/")
    )
    rewrite = rewrite_dockerfile(USUAL)
    told = _rendered(rewrite.findings, USUAL)
    assert (rewrite.content, rewrite.edits, told) == (USUAL, (), LEFT_USUAL)


def test_a_name_that_no_edit_can_move() -> None:
    """A quote in the part that is replaced would stay open, which the check finds out."""
    content = b"FROM doc'ker.io/'node\n"
    assert _rendered(rewrite_dockerfile(content).findings, content) == (
        "Dockerfile:1:6: error: node:latest is pulled from Docker Hub [docker-hub-pull]\n"
        "  FROM doc'ker.io/'node\n"
        "       ^^^^^^^^^^^^^^^^\n"
        f"  help: write {COPIES}node:latest {BY_HAND}"
    )


def _rendered(findings: Iterable[Finding], content: bytes) -> str:
    return render_all(findings, content).removesuffix("\n")


def _break(monkeypatch: pytest.MonkeyPatch, broken: Break) -> None:
    """Let other edits be made than those that were planned."""

    def apply_broken(content: bytes, edits: Iterable[Edit]) -> bytes:
        return apply_edits(content, broken(sorted(edits, key=lambda it: it.start)))

    monkeypatch.setattr(edit, "apply_edits", apply_broken)
