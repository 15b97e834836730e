"""Build contexts: which ones a Dockerfile gets, what they cannot move, and what replaces what."""

from __future__ import annotations

from dataclasses import dataclass, field
from textwrap import dedent
from typing import Any

import pytest

from cdk_ecr_public_pull.dockerfile.named_contexts import PlannedContexts, plan_contexts
from cdk_ecr_public_pull.images.mirrors import Mirrors
from cdk_ecr_public_pull.report.formats.text import render_all
from cdk_ecr_public_pull.report.rules import Rule, RuleSettings

COPY = "docker-image://public.ecr.aws/docker/library/"
DIGEST = "sha256:" + "ab" * 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A Dockerfile, how it is built, and what is planned for it.

    Attributes:
        file: The Dockerfile.
        contexts: The contexts; ``~`` stands for the path of the copies.
        rules: The rules of the findings.
        options: The further arguments of ``plan_contexts``.
    """

    file: str
    contexts: dict[str, str] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)


NODE = {"node:21": "~node:21"}
MULTI = "FROM node:21 AS a\nFROM nginx:1 AS b\nCOPY --from=a x y\nFROM redis:7 AS c\n"
NO_CONTEXT: dict[str, Row] = {
    "nothing from Docker Hub": Row(file="FROM public.ecr.aws/docker/library/node:21\nFROM scratch"),
    "no copy": Row(file="FROM myorg/app:1", rules=("no-mirror",)),
    "in no catalog": Row(file="FROM my-base", rules=("unknown-image",)),
    "local": Row(file="FROM my-base", options={"mirrors": Mirrors(local_images=["my-base"])}),
    "gone": Row(file="FROM public.ecr.aws/bitnami/nginx", rules=("withdrawn-image",)),
    "the image of a stage's own name": Row(file="FROM nginx AS nginx", rules=("docker-hub-pull",)),
    "with the tag latest": Row(
        file="FROM docker.io/library/nginx:latest AS Nginx", rules=("docker-hub-pull",)
    ),
    "the name of a later stage": Row(
        file="FROM nginx AS a\nFROM scratch AS nginx\nCOPY --from=a / /", rules=("docker-hub-pull",)
    ),
    "the name of a stage that is not built": Row(
        file="FROM scratch AS nginx\nFROM nginx:latest", rules=("docker-hub-pull",)
    ),
    "the syntax image": Row(
        file="# syntax=docker/dockerfile:1\nFROM scratch", rules=("syntax-frontend",)
    ),
    "the syntax image, with a copy": Row(
        file="# syntax=docker/dockerfile:1\nFROM scratch",
        rules=("docker-hub-pull",),
        options={"mirrors": Mirrors(mirrors={"docker/dockerfile": "ghcr.io/me/dockerfile"})},
    ),
    "a syntax image that a build argument overrides": Row(
        file="# syntax=docker/dockerfile:1\nFROM scratch",
        options={"build_args": {"BUILDKIT_SYNTAX": "ghcr.io/me/dockerfile"}},
    ),
    "a syntax image that is given": Row(
        file="# syntax=docker/dockerfile:1\nFROM scratch",
        options={"given": ["docker/dockerfile:1"]},
    ),
    "a frontend that may not take contexts": Row(
        file="# syntax=ghcr.io/docker/dockerfile:1.3\nFROM node:21", rules=("docker-hub-pull",)
    ),
    "another author's frontend": Row(
        file="# syntax=ghcr.io/me/frontend\nFROM node:21", rules=("foreign-frontend",)
    ),
    "another author's frontend, with contexts given": Row(
        file="# syntax=ghcr.io/me/frontend\nFROM node:21",
        rules=("foreign-frontend",),
        options={"given": ["src"]},
    ),
    "a digest": Row(file=f"FROM node:21@{DIGEST}", rules=("docker-hub-pull", "digest-pin")),
    "a tag that only a build argument tells": Row(
        file="ARG V\nFROM node:$V", rules=("docker-hub-pull",)
    ),
    "such a tag, of an image without a copy": Row(
        file="ARG V\nFROM grafana/grafana:$V", rules=("no-mirror",)
    ),
    "such a tag, of an image of another registry": Row(file="ARG V\nFROM ghcr.io/a/b:$V"),
    "such a frontend in a build argument": Row(
        file="FROM node:21",
        rules=("docker-hub-pull",),
        options={"build_args": {"BUILDKIT_SYNTAX": "docker/dockerfile:1.2"}},
    ),
    "a file that BuildKit refuses": Row(
        file="FROM node:21\nCOPY --form=a b c", rules=("invalid-dockerfile",)
    ),
    "a missing build argument": Row(
        file="ARG B\nFROM node:21\nFROM $B", rules=("needs-build-arg",)
    ),
    "a missing target": Row(
        file="FROM node:21", rules=("invalid-dockerfile",), options={"target": "b"}
    ),
    "a trigger that only a build on top fires": Row(
        file="FROM scratch\nONBUILD COPY --from=nginx:1 a b"
    ),
    "ignored at its place": Row(
        file="# ecr-public-pull: ignore[docker-hub-pull] why\nFROM node:21"
    ),
    "ignored at one of two places": Row(
        file="FROM node:21 AS a\n# ecr-public-pull: ignore[docker-hub-pull] why\n"
        "FROM docker.io/node:21\nCOPY --from=a a b",
        rules=("docker-hub-pull",),
    ),
    "a rule that is off": Row(
        file="FROM node:21",
        options={"settings": RuleSettings(severities={Rule.DOCKER_HUB_PULL: None})},
    ),
    "given": Row(file="FROM node:21", options={"given": ["node:21"]}),
    "given in another form": Row(
        file="FROM node", options={"given": ["docker.io/library/node:latest"]}
    ),
    "given, but no image": Row(
        file="FROM scratch\nCOPY --from=src a b", options={"given": ["src"]}
    ),
    "given in the place of the stage": Row(file="FROM node:21 AS a", options={"given": ["a"]}),
    "given in the place of a stage on another one": Row(
        file="FROM node:21 AS a\nFROM a AS b\nFROM b", options={"given": ["b"]}
    ),
}
CONTEXTS: dict[str, Row] = {
    "FROM": Row(file="FROM node:21", contexts=NODE),
    "no tag": Row(file="FROM node", contexts={"node": "~node:latest"}),
    "the tag latest": Row(
        file="FROM node:latest", contexts={"node": "~node:latest", "node:latest": "~node:latest"}
    ),
    "a long name": Row(
        file="FROM docker.io/library/node:21",
        contexts={**NODE, "docker.io/library/node:21": "~node:21"},
    ),
    "a name in quotes": Row(file='FROM "docker.io/library/node:21"', contexts=NODE),
    "a long name with a variable": Row(
        file="ARG V=21\nFROM docker.io/library/node:$V", contexts=NODE
    ),
    "COPY --from and a mount": Row(
        file="FROM scratch\nCOPY --from=busybox:1 a b\nRUN --mount=from=redis:7 true",
        contexts={"busybox:1": "~busybox:1", "redis:7": "~redis:7"},
    ),
    "a trigger that the file itself fires": Row(
        file="FROM scratch AS a\nONBUILD COPY --from=nginx:1 a b\nFROM a",
        contexts={"nginx:1": "~nginx:1"},
    ),
    "the name after expansion": Row(
        file="ARG V=20\nARG B=node:$V\nFROM $B", contexts={"node:20": "~node:20"}
    ),
    "a build argument": Row(
        file="ARG V=20\nFROM node:$V", contexts=NODE, options={"build_args": {"V": "21"}}
    ),
    "a build argument that is the name": Row(
        file="ARG B=scratch\nFROM $B", contexts=NODE, options={"build_args": {"B": "node:21"}}
    ),
    "the last stage is built": Row(file=MULTI, contexts={"redis:7": "~redis:7"}),
    "a target": Row(
        file=MULTI,
        contexts={"nginx:1": "~nginx:1"} | NODE,
        options={"target": "B"},
    ),
    "a tag that no stage has": Row(file="FROM node:21 AS node", contexts=NODE),
    "a mirror": Row(
        file="FROM ghcr.io/me/app:1\n",
        contexts={"ghcr.io/me/app:1": "docker-image://registry.example:5000/app:1"},
        options={"mirrors": Mirrors(mirrors={"ghcr.io/me/app": "registry.example:5000/app"})},
    ),
    "a frontend that takes contexts": Row(
        file="# syntax=docker/dockerfile:1.4\nFROM node:21",
        contexts=NODE,
        rules=("syntax-frontend",),
    ),
    "a frontend that does, as contexts are given": Row(
        file="# syntax=ghcr.io/docker/dockerfile:1.3\nFROM node:21",
        contexts=NODE,
        options={"given": ["src"]},
    ),
    "the platform": Row(
        file="FROM node:21-${TARGETARCH}",
        contexts={"node:21-s390x": "~node:21-s390x"},
        options={"platform": "linux/s390x"},
    ),
    "a platform that only a build argument tells": Row(
        file="ARG A\nFROM --platform=linux/$A node:21", contexts=NODE
    ),
    "any platform of a building machine": Row(
        file="FROM node:21 AS a-amd64\nFROM nginx:1 AS a-arm64\nFROM a-$BUILDARCH",
        contexts={"nginx:1": "~nginx:1"} | NODE,
    ),
    "several platforms": Row(
        file="# syntax=docker/dockerfile:1\nFROM node:21 AS a-amd64\nFROM myorg/x AS a-s390x\n"
        "FROM a-$BUILDARCH\nCOPY --from=my-base a b",
        contexts=NODE,
        rules=("syntax-frontend", "no-mirror", "unknown-image"),
        options={"platform": "linux/amd64,linux/s390x"},
    ),
    "what is said is said for linux/amd64": Row(
        file="FROM node:21 AS a-amd64\nFROM myorg/x AS a-arm64\nFROM a-$BUILDARCH", contexts=NODE
    ),
    "beside a context that is given": Row(
        file=MULTI, contexts=NODE, options={"target": "b", "given": ["nginx:1", "Bad Name"]}
    ),
    "copied by a stage that a given context replaces": Row(
        file="FROM redis AS a\nCOPY --from=node:21 a b\n", contexts=NODE, options={"given": ["a"]}
    ),
}


def planned(row: Row) -> PlannedContexts:
    """What is planned for a row."""
    return plan_contexts(f"{row.file}\n".encode(), **row.options)


@pytest.mark.parametrize("row", [pytest.param(r, id=i) for i, r in (NO_CONTEXT | CONTEXTS).items()])
def test_plans(row: Row) -> None:
    """A build gets a context for each image that it pulls and that has a copy, and no other."""
    plan = planned(row)
    expected = {name: value.replace("~", COPY) for name, value in row.contexts.items()}
    assert dict(plan.contexts) == expected
    assert list(plan.contexts) == sorted(expected)
    assert tuple(str(finding.rule) for finding in plan.findings) == row.rules


MESSAGES = {
    "the image of a stage's own name": """\
        Dockerfile:1:6: error: nginx:latest is pulled from Docker Hub [docker-hub-pull]
          FROM nginx AS nginx
               ^^^^^
          help: build from a RewrittenBuildContext, or rename the stage: a build context named \
like the image would take the stage's place
        """,
    "the syntax image": """\
        Dockerfile:1:10: warning: the syntax image docker/dockerfile:1 is pulled from Docker Hub; \
no copy is known [syntax-frontend]
          # syntax=docker/dockerfile:1
                   ^^^^^^^^^^^^^^^^^^^
          help: remove the line, so that the frontend built into BuildKit is used; or name a copy \
of it under mirrors: "docker/dockerfile" = "…"
        """,
    "the syntax image, with a copy": """\
        Dockerfile:1:10: error: docker/dockerfile:1 is pulled from Docker Hub [docker-hub-pull]
          # syntax=docker/dockerfile:1
                   ^^^^^^^^^^^^^^^^^^^
          help: build from a RewrittenBuildContext, or pass the build argument \
BUILDKIT_SYNTAX=ghcr.io/me/dockerfile:1: before BuildKit 0.12 no build context moves the syntax \
image
        """,
    "ignored at one of two places": """\
        Dockerfile:1:6: error: node:21 is pulled from Docker Hub [docker-hub-pull]
          FROM node:21 AS a
               ^^^^^^^
          help: build from a RewrittenBuildContext, or take away the comment that ignores another \
pull of this image: a build context moves all of them
        """,
    "a frontend that may not take contexts": """\
        Dockerfile:2:6: error: node:21 is pulled from Docker Hub [docker-hub-pull]
          FROM node:21
               ^^^^^^^
          help: build from a RewrittenBuildContext, or let # syntax= name docker/dockerfile 1.4 \
or newer: an older frontend, or another one, may refuse a build that has build contexts
        """,
    "a tag that only a build argument tells": """\
        Dockerfile:2:6: error: node:$V is pulled from Docker Hub [docker-hub-pull]
          FROM node:$V
               ^^^^^^^
          help: build from a RewrittenBuildContext, or give the asset the build argument: a build \
context has the whole name of an image
        """,
    "a missing build argument": """\
        Dockerfile:3:6: warning: only a build argument tells what is pulled here: B has no value \
[needs-build-arg]
          FROM $B
               ^^
          help: pass --build-arg B=public.ecr.aws/docker/library/node:21, or give it a default in \
ARG B
        """,
}


@pytest.mark.parametrize(("name", "report"), MESSAGES.items(), ids=MESSAGES)
def test_messages(name: str, report: str) -> None:
    """A finding says what no context moves, why, and what to do about it."""
    row = NO_CONTEXT[name]
    found = render_all(planned(row).findings, f"{row.file}\n".encode())
    assert found == dedent(report)
