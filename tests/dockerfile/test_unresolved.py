"""Only the repository must be known: pulls of which a build argument tells the rest.

And what is said where it tells the repository, or comes too late to tell anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from cdk_ecr_public_pull.dockerfile.named_contexts import plan_contexts
from cdk_ecr_public_pull.dockerfile.pulls import find_pulls
from cdk_ecr_public_pull.dockerfile.rewrite import check_dockerfile, rewrite_dockerfile
from cdk_ecr_public_pull.images.mirrors import Mirrors
from tests.dockerfile.support import COPIES

HUB = "docker.io/library/"
COPY = f"docker-image://{COPIES.decode()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A Dockerfile, and all that is said and done about it.

    Attributes:
        file: The Dockerfile; ``;`` ends a line.
        pulls: Its pulls, each with the build arguments that tell the rest.
        check: The rules of what ``check`` finds.
        fixed: What ``fix`` writes, where ``~`` stands for the path of the copies; None for
            the file as it is.
        left: The rules of what ``fix`` leaves.
        contexts: The build contexts; ``~`` likewise.
        planned: The rules of what the contexts leave.
        mirrors: Where copies are.
    """

    file: str
    pulls: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    check: tuple[str, ...] = ()
    fixed: str | None = None
    left: tuple[str, ...] = ()
    contexts: dict[str, str] = field(default_factory=dict)
    planned: tuple[str, ...] = ()
    mirrors: Mirrors | None = None


PULL = ("docker-hub-pull",)
NEEDED = ("needs-build-arg",)
REFUSED = ("invalid-dockerfile",)
ROWS: dict[str, Row] = {
    "a tag": Row(
        file="ARG V;FROM node:${V}-alpine",
        pulls=[(f"{HUB}node:${{V}}-alpine", ("V",))],
        check=PULL,
        fixed="ARG V;FROM ~node:${V}-alpine",
        planned=PULL,
    ),
    "a tag of an ARG": Row(
        file="ARG V;ARG IMG=node:${V};FROM $IMG",
        pulls=[(f"{HUB}node:${{V}}", ("V",))],
        check=PULL,
        fixed="ARG V;ARG IMG=~node:${V};FROM $IMG",
        planned=PULL,
    ),
    "a tag that must be given": Row(
        file="ARG V;FROM node:${V:?pass}",
        pulls=[(f"{HUB}node:${{V:?pass}}", ("V",))],
        check=PULL,
        fixed="ARG V;FROM ~node:${V:?pass}",
        planned=PULL,
    ),
    "a tag and a digest": Row(
        file="ARG T D;FROM node:$T@$D",
        pulls=[(f"{HUB}node:$T@$D", ("T", "D"))],
        check=(*PULL, "digest-pin"),
        left=(*PULL, "digest-pin"),
        planned=(*PULL, "digest-pin"),
    ),
    "a tag, whatever its default is": Row(
        file="ARG V=21;FROM node:${V}",
        pulls=[(f"{HUB}node:21", ())],
        check=PULL,
        fixed="ARG V=21;FROM ~node:${V}",
        contexts={"node:21": "~node:21"},
    ),
    "an empty end of a tag": Row(
        file="ARG V;FROM node:21$V",
        pulls=[(f"{HUB}node:21", ())],
        check=PULL,
        fixed="ARG V;FROM ~node:21$V",
        contexts={"node:21": "~node:21"},
    ),
    "a platform": Row(
        file="ARG A;FROM --platform=linux/${A} node:21",
        pulls=[(f"{HUB}node:21", ())],
        check=PULL,
        fixed="ARG A;FROM --platform=linux/${A} ~node:21",
        contexts={"node:21": "~node:21"},
    ),
    "a platform of a stage's variable": Row(
        file="FROM scratch;ARG A;FROM --platform=linux/${A} node:21",
        pulls=[(f"{HUB}node:21", ())],
        check=(*NEEDED, *PULL),
        fixed="FROM scratch;ARG A;FROM --platform=linux/${A} ~node:21",
        left=NEEDED,
        contexts={"node:21": "~node:21"},
        planned=NEEDED,
    ),
    "no copy": Row(
        file="ARG V;FROM grafana/grafana:${V}",
        pulls=[("docker.io/grafana/grafana:${V}", ("V",))],
        check=("no-mirror",),
        left=("no-mirror",),
        planned=("no-mirror",),
    ),
    "a mirror": Row(
        file="ARG V;FROM grafana/grafana:${V}",
        pulls=[("docker.io/grafana/grafana:${V}", ("V",))],
        check=PULL,
        fixed="ARG V;FROM reg.example/g:${V}",
        planned=PULL,
        mirrors=Mirrors(mirrors={"grafana/grafana": "reg.example/g"}),
    ),
    "a copy": Row(
        file="ARG V;FROM public.ecr.aws/docker/library/node:${V}",
        pulls=[("public.ecr.aws/docker/library/node:${V}", ("V",))],
    ),
    "another registry": Row(
        file="ARG V;FROM ghcr.io/a/b:${V}", pulls=[("ghcr.io/a/b:${V}", ("V",))]
    ),
    "a local image": Row(
        file="ARG V;FROM my-base:${V}",
        pulls=[(f"{HUB}my-base:${{V}}", ("V",))],
        mirrors=Mirrors(local_images=["my-base"]),
    ),
    "all of the name": Row(file="ARG BASE;FROM ${BASE}", check=NEEDED, left=NEEDED, planned=NEEDED),
    "the registry": Row(
        file="ARG REGISTRY;FROM ${REGISTRY}/node:21", check=NEEDED, left=NEEDED, planned=NEEDED
    ),
    "the repository": Row(
        file="ARG NAME;FROM docker.io/${NAME}:21", check=NEEDED, left=NEEDED, planned=NEEDED
    ),
    "a port": Row(
        file="ARG PORT;FROM localhost:${PORT}/node", check=NEEDED, left=NEEDED, planned=NEEDED
    ),
    "an empty registry": Row(
        file='ARG REGISTRY="";FROM ${REGISTRY}node:21',
        pulls=[(f"{HUB}node:21", ())],
        check=PULL,
        fixed='ARG REGISTRY="~";FROM ${REGISTRY}node:21',
        contexts={"node:21": "~node:21"},
    ),
    "an empty registry and a tag": Row(
        file="ARG REGISTRY=;ARG V;FROM ${REGISTRY}node:$V", check=NEEDED, left=NEEDED,
        planned=NEEDED,
    ),
    "one tag of several pulls": Row(
        file="ARG V;FROM node:$V AS a;FROM nginx:1;COPY --from=a b c",
        pulls=[(f"{HUB}node:$V", ("V",)), (f"{HUB}nginx:1", ())],
        check=(*PULL, *PULL),
        fixed="ARG V;FROM ~node:$V AS a;FROM ~nginx:1;COPY --from=a b c",
        contexts={"nginx:1": "~nginx:1"},
        planned=PULL,
    ),
    "a tag of an ARG behind a FROM": Row(
        file="FROM scratch;ARG V=21;FROM node:$V", check=REFUSED, left=REFUSED, planned=REFUSED
    ),
    "a name of an ARG behind a FROM": Row(
        file="FROM scratch;ARG B=node;FROM $B", check=REFUSED, left=REFUSED, planned=REFUSED
    ),
    "an ARG behind a FROM that is not needed": Row(
        file="FROM scratch;ARG V=20;FROM node:${V:-21}",
        pulls=[(f"{HUB}node:21", ())],
        check=(*PULL, *NEEDED),
        fixed="FROM scratch;ARG V=20;FROM ~node:${V:-21}",
        left=NEEDED,
        contexts={"node:21": "~node:21"},
        planned=NEEDED,
    ),
    "an ARG behind a FROM, and one before it": Row(
        file="ARG V=21;FROM scratch;ARG V;FROM node:$V",
        pulls=[(f"{HUB}node:21", ())],
        check=PULL,
        fixed="ARG V=21;FROM scratch;ARG V;FROM ~node:$V",
        contexts={"node:21": "~node:21"},
    ),
}  # fmt: skip
PARAMS = [pytest.param(row, id=name) for name, row in ROWS.items()]


def content_of(row: Row) -> bytes:
    """The row's Dockerfile."""
    return row.file.replace(";", "\n").encode() + b"\n"


@pytest.mark.parametrize("row", PARAMS)
def test_pulls(row: Row) -> None:
    """A pull is known where its repository is; the rest is shown as it is written."""
    found = find_pulls(content_of(row))
    assert [(str(pull.image), pull.unresolved) for pull in found.pulls] == row.pulls


@pytest.mark.parametrize("row", PARAMS)
def test_check(row: Row) -> None:
    """It is an error if it has a copy, and where it is not known a build argument is named."""
    findings = check_dockerfile(content_of(row), mirrors=row.mirrors)
    assert tuple(str(finding.rule) for finding in findings) == row.check


@pytest.mark.parametrize("row", PARAMS)
def test_fix(row: Row) -> None:
    """It is moved where its repository is named."""
    rewrite = rewrite_dockerfile(content_of(row), mirrors=row.mirrors)
    fixed = (row.fixed or row.file).replace(";", "\n").encode() + b"\n"
    assert rewrite.content == fixed.replace(b"~", COPIES)
    assert tuple(str(finding.rule) for finding in rewrite.findings) == row.left


@pytest.mark.parametrize("row", PARAMS)
def test_contexts(row: Row) -> None:
    """A build context has the whole name of an image: without it there is none, and it is told."""
    plan = plan_contexts(content_of(row), mirrors=row.mirrors)
    expected = {name: value.replace("~", COPY) for name, value in row.contexts.items()}
    rules = tuple(str(finding.rule) for finding in plan.findings)
    assert (dict(plan.contexts), rules) == (expected, row.planned)
