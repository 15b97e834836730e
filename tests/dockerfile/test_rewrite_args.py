"""Rewrites where the repository is named in an ARG, or in what stands for a missing one."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from cdk_ecr_public_pull.dockerfile.rewrite import rewrite_dockerfile
from tests.dockerfile.support import COPIES, check_rewritten, check_unchanged

AMBIGUOUS = ["ambiguous-arg", "docker-hub-pull"]
NEEDED = ["needs-build-arg", "docker-hub-pull"]

UNCHANGED: dict[str, tuple[bytes, list[str]]] = {
    "an ARG of a stage": (b"FROM scratch\nARG BASE=node:21\n", []),
    "an ARG that nothing uses": (b"ARG BASE=node:21\nFROM scratch\n", []),
    "an ARG that names a stage": (b"ARG B=b\nFROM scratch AS b\nFROM $B\n", []),
    "an ARG that names a copy": (b"ARG B=public.ecr.aws/docker/library/node\nFROM $B\n", []),
    "no default": (b"ARG BASE\nFROM $BASE\n", ["needs-build-arg"]),
    "an empty default": (b"ARG BASE=\nFROM ${BASE}\n", ["needs-build-arg"]),
    "required": (b"ARG V\nFROM ${V:?pass}\n", ["needs-build-arg"]),
    "two empty registries": (b"ARG A= B=\nFROM $A${B}node\n", NEEDED),
    "an empty registry before another": (b"ARG R=\nFROM ${R}docker.io/node\n", NEEDED),
    "an empty one that puts a slash": (b"ARG R\nFROM ${R:+$R/}node\n", ["docker-hub-pull"]),
    "an empty one for a stage and an image": (
        b"ARG R=\nFROM scratch AS x\nFROM ${R}x\nFROM ${R}node\n",
        AMBIGUOUS,
    ),
    "an empty one, not all with a copy": (
        b"ARG R=\nFROM ${R}node\nFROM ${R}bitnami/x\n",
        [*AMBIGUOUS, "no-mirror"],
    ),
    "a stage and an image": (b"ARG B=nginx\nFROM $B AS nginx\nFROM $B\n", AMBIGUOUS),
    "a name and a tag": (b"ARG A=alpine\nFROM $A\nFROM myorg/x:$A\n", [*AMBIGUOUS, "no-mirror"]),
    "two depths of one registry": (
        b"ARG R=docker.io\nFROM $R/node\nFROM $R/library/alpine\n",
        [*AMBIGUOUS, *AMBIGUOUS],
    ),
    "one registry, not all with a copy": (
        b"ARG R=docker.io\nFROM $R/node\nFROM $R/bitnami/x\n",
        [*AMBIGUOUS, "no-mirror"],
    ),
    "a prefix from two ARGs": (b"ARG A=docker. B=io\nFROM $A$B/node\n", AMBIGUOUS),
    "a prefix from an ARG and the line": (b"ARG A=docker\nFROM $A.io/node\n", AMBIGUOUS),
}


@pytest.mark.parametrize(("content", "rules"), UNCHANGED.values(), ids=UNCHANGED.keys())
def test_unchanged(content: bytes, rules: list[str]) -> None:
    """Where an ARG serves no pull, or needs that disagree, it stays as it is."""
    check_unchanged(content, *rules)


REWRITTEN = {
    "a tag": (b"ARG V=21\nFROM node:${V}\n", b"ARG V=21\nFROM ~node:${V}\n"),
    "a tag without braces": (b"ARG V=21\nFROM node:$V\n", b"ARG V=21\nFROM ~node:$V\n"),
    "a quoted tag": (b'ARG V="21"\nFROM "node:${V}"\n', b'ARG V="21"\nFROM "~node:${V}"\n'),
    "part of the name": (b"ARG V=de\nFROM no${V}:21\n", b"ARG V=de\nFROM ~no${V}:21\n"),
    "the whole": (b"ARG BASE=node:21\nFROM $BASE\n", b"ARG BASE=~node:21\nFROM $BASE\n"),
    "the repository": (b"ARG I=node\nFROM ${I}:21\n", b"ARG I=~node\nFROM ${I}:21\n"),
    "double quotes": (b'ARG B="node:21"\nFROM ${B}\n', b'ARG B="~node:21"\nFROM ${B}\n'),
    "single quotes": (b"ARG B='node:21'\nFROM ${B}\n", b"ARG B='~node:21'\nFROM ${B}\n"),
    "an escape": (b"ARG B=node\\:21\nFROM $B\n", b"ARG B=~node\\:21\nFROM $B\n"),
    "split": (b"ARG \\\n B=no\\\nde\nFROM $B\n", b"ARG \\\n B=~no\\\nde\nFROM $B\n"),
    "a registry": (
        b"ARG R=docker.io\nFROM $R/library/node\n",
        b"ARG R=public.ecr.aws/docker\nFROM $R/library/node\n",
    ),
    "a short registry": (
        b"ARG R=docker.io\nFROM $R/node\n",
        b"ARG R=public.ecr.aws/docker/library\nFROM $R/node\n",
    ),
    "a registry and a slash": (b"ARG R=docker.io/\nFROM ${R}node\n", b"ARG R=~\nFROM ${R}node\n"),
    "a path": (
        b"ARG R=docker.io/library\nFROM $R/node\nFROM $R/nginx\n",
        b"ARG R=public.ecr.aws/docker/library\nFROM $R/node\nFROM $R/nginx\n",
    ),
    "the default of an operation": (
        b"ARG V\nFROM ${V:-node:21}\n",
        b"ARG V\nFROM ${V:-~node:21}\n",
    ),
    "without an ARG": (b"FROM ${V-node:21}\n", b"FROM ${V-~node:21}\n"),
    "a quoted default": (b'ARG V\nFROM ${V:-"node:21"}\n', b'ARG V\nFROM ${V:-"~node:21"}\n'),
    "a nested default": (b"FROM ${A:-${B:-node}}\n", b"FROM ${A:-${B:-~node}}\n"),
    "an alternative": (b"ARG V=1\nFROM ${V:+node}\n", b"ARG V=1\nFROM ${V:+~node}\n"),
    "a replacement": (b"FROM ${V/*/node}\n", b"FROM ${V/*/~node}\n"),
    "a registry's default": (
        b"ARG R\nFROM ${R:-docker.io}/library/node\n",
        b"ARG R\nFROM ${R:-public.ecr.aws/docker}/library/node\n",
    ),
    "a registry and a slash, if any": (
        b"ARG R=docker.io/library\nFROM ${R:+$R/}node\n",
        b"ARG R=public.ecr.aws/docker/library\nFROM ${R:+$R/}node\n",
    ),
    "a suffix taken off": (b"ARG B=node:21-x\nFROM ${B%-x}\n", b"ARG B=~node:21-x\nFROM ${B%-x}\n"),
    "a prefix taken off": (b"ARG B=x-node\nFROM ${B#x-}\n", b"ARG B=x-~node\nFROM ${B#x-}\n"),
    "chained": (b"ARG A=node\nARG B=$A:21\nFROM $B\n", b"ARG A=~node\nARG B=$A:21\nFROM $B\n"),
    "chained to itself": (
        b"ARG A=node\nARG A=${A}:21\nFROM $A\n",
        b"ARG A=~node\nARG A=${A}:21\nFROM $A\n",
    ),
    "several on a line": (
        b"ARG A=node B=$A:21 C=x\nFROM $B\n",
        b"ARG A=~node B=$A:21 C=x\nFROM $B\n",
    ),
    "the last one wins": (
        b"ARG A=node\nARG A=nginx\nFROM $A\n",
        b"ARG A=node\nARG A=~nginx\nFROM $A\n",
    ),
    "one without a default keeps it": (
        b"ARG A=node\nARG A\nFROM $A\n",
        b"ARG A=~node\nARG A\nFROM $A\n",
    ),
    "several pulls, one need": (
        b"ARG A=alpine\nFROM $A\nFROM $A:3\n",
        b"ARG A=~alpine\nFROM $A\nFROM $A:3\n",
    ),
    "an empty suffix": (b"ARG S=\nFROM node:21$S\n", b"ARG S=\nFROM ~node:21$S\n"),
    "an empty one that no build can change": (
        b"FROM ${UNDECLARED}node\n",
        b"FROM ${UNDECLARED}~node\n",
    ),
    "a predefined one": (b"FROM node:21-$TARGETARCH\n", b"FROM ~node:21-$TARGETARCH\n"),
    "a registry that only a build tells": (
        b"ARG R\nFROM ${R}node:21\n",
        b"ARG R=~\nFROM ${R}node:21\n",
    ),
    "an empty registry": (b"ARG R=\nFROM ${R}node:21\n", b"ARG R=~\nFROM ${R}node:21\n"),
    "an empty quoted registry": (
        b'ARG R=""\nFROM "${R}node"\n',
        b'ARG R="~"\nFROM "${R}node"\n',
    ),
    "an empty registry in an ARG": (
        b"ARG R=''\nARG B=${R}node\nFROM $B\n",
        b"ARG R='~'\nARG B=${R}node\nFROM $B\n",
    ),
    "an empty registry of two": (
        b"ARG R=\nFROM ${R}node\nFROM ${R}nginx\n",
        b"ARG R=~\nFROM ${R}node\nFROM ${R}nginx\n",
    ),
    "an empty registry beside others": (
        b"ARG V=1 R W=2\nFROM ${R}node:$V\n",
        b"ARG V=1 R=~ W=2\nFROM ${R}node:$V\n",
    ),
    "lower case": (b"arg b=node\nfrom $b\n", b"arg b=~node\nfrom $b\n"),
    "CRLF": (b"ARG B=node\r\nFROM $B\r\n", b"ARG B=~node\r\nFROM $B\r\n"),
    "a backtick": (b"# escape=`\nARG B=n`ode\nFROM $B\n", b"# escape=`\nARG B=~n`ode\nFROM $B\n"),
}


@pytest.mark.parametrize(("content", "expected"), REWRITTEN.values(), ids=REWRITTEN.keys())
def test_rewritten(content: bytes, expected: bytes) -> None:
    """A name is changed at the token that defines it."""
    check_rewritten(content, expected)


def test_a_tag_that_is_an_image_elsewhere() -> None:
    """An ARG that must stay as it is for one pull does not keep another from being moved."""
    check_rewritten(
        b"ARG I=alpine\nFROM $I\nFROM node:$I\n",
        b"ARG I=alpine\nFROM $I\nFROM ~node:$I\n",
        "ambiguous-arg",
        "docker-hub-pull",
    )


def test_an_arg_that_reaches_a_stage() -> None:
    """A default that a stage reads too is changed, with a warning where it is read."""
    check_rewritten(
        b"ARG I=node\nFROM $I\nRUN x\nARG V I\n",
        b"ARG I=~node\nFROM $I\nRUN x\nARG V I\n",
        "arg-reaches-stage",
    )


def test_an_arg_with_a_default_in_the_stage() -> None:
    """A stage that gives the ARG a default of its own does not read the changed one."""
    check_rewritten(b"ARG I=node\nFROM $I\nARG I=x\n", b"ARG I=~node\nFROM $I\nARG I=x\n")


def test_a_long_chain() -> None:
    """The token that defines a name is found however many ARGs lie between."""
    chain = b"".join(b"ARG A%d=$A%d\n" % (i + 1, i) for i in range(3000))
    start, end = b"ARG A0=", b"node\n" + chain + b"FROM $A3000\n"
    check_rewritten(start + end, start + COPIES + end)


GIVEN: dict[str, tuple[bytes, dict[str, str], bytes | None, list[str]]] = {
    "the name": (b"ARG B=alpine\nFROM $B\n", {"B": "node"}, None, ["docker-hub-pull"]),
    "the tag": (b"ARG V=1\nFROM node:$V\n", {"V": "21"}, b"ARG V=1\nFROM ~node:$V\n", []),
    "a copy": (b"ARG B=node\nFROM $B\n", {"B": "public.ecr.aws/docker/library/node"}, None, []),
    "a missing one": (b"ARG V\nFROM node:$V\n", {"V": "21"}, b"ARG V\nFROM ~node:$V\n", []),
    "a stage's name": (b"ARG B=node\nFROM scratch AS x\nFROM $B\n", {"B": "x"}, None, []),
    "one that is not declared": (b"FROM ${B:-node}\n", {"B": "x"}, b"FROM ${B:-~node}\n", []),
    "a predefined one": (
        b"FROM node:$TARGETARCH\n",
        {"TARGETARCH": "x"},
        b"FROM ~node:$TARGETARCH\n",
        [],
    ),
    "the syntax": (
        b"# syntax=a/b\nFROM node\n",
        {"BUILDKIT_SYNTAX": "ghcr.io/docker/dockerfile"},
        b"# syntax=a/b\nFROM ~node\n",
        [],
    ),
    "a foreign frontend": (
        b"# syntax=docker/dockerfile\nFROM node\n",
        {"BUILDKIT_SYNTAX": "c/d"},
        None,
        ["foreign-frontend"],
    ),
}


@pytest.mark.parametrize(
    ("content", "build_args", "expected", "rules"), GIVEN.values(), ids=GIVEN.keys()
)
def test_with_build_args(
    content: bytes, build_args: Mapping[str, str], expected: bytes | None, rules: list[str]
) -> None:
    """What a build argument names cannot be moved in the file; the rest is."""
    rewrite = rewrite_dockerfile(content, build_args=build_args)
    assert rewrite.content == (expected or content).replace(b"~", COPIES)
    assert [str(finding.rule) for finding in rewrite.findings] == rules


def test_a_given_build_arg() -> None:
    """What a build argument names is to be changed where it is given."""
    rewrite = rewrite_dockerfile(b"ARG B=x/y\nFROM $B\n", build_args={"B": "node:21"})
    copy = "public.ecr.aws/docker/library/node:21"
    assert [(finding.message, finding.help) for finding in rewrite.findings] == [
        (
            "node:21 is pulled from Docker Hub",
            f"pass the name of its copy as the build argument: {copy}",
        )
    ]
