"""Findings as people read them: whole messages."""

from __future__ import annotations

from textwrap import dedent

import pytest

from cdk_ecr_public_pull.report.rules import Rule
from tests.dockerfile.reports import report_on

DIGEST = "sha256:" + "ab" * 32

MESSAGES: dict[str, tuple[str, str]] = {
    "docker-hub-pull": (
        "FROM node:21 AS b\n",
        """\
        Dockerfile:1:6: error: node:21 is pulled from Docker Hub [docker-hub-pull]
          FROM node:21 AS b
               ^^^^^^^
          help: pull public.ecr.aws/docker/library/node:21
        """,
    ),
    "docker-hub-pull by an ARG, arg-reaches-stage": (
        "ARG B=node\nFROM $B\nARG V B\n",
        """\
        Dockerfile:2:6: error: node:latest is pulled from Docker Hub [docker-hub-pull]
          FROM $B
               ^^
          help: pull public.ecr.aws/docker/library/node:latest, by the default of ARG B on line 1
        Dockerfile:3:7: warning: this stage reads ARG B, and its default changes [arg-reaches-stage]
          ARG V B
                ^
          help: see whether a command of the stage depends on the old value
        """,
    ),
    "docker-hub-pull that no change is safe for": (
        "FROM doc'ker.io/'node\n",
        """\
        Dockerfile:1:6: error: node:latest is pulled from Docker Hub [docker-hub-pull]
          FROM doc'ker.io/'node
               ^^^^^^^^^^^^^^^^
          help: write public.ecr.aws/docker/library/node:latest by hand: the change could not be \
shown to be safe
        """,
    ),
    "withdrawn-image": (
        "FROM public.ecr.aws/bitnami/nginx:1\n",
        """\
        Dockerfile:1:6: error: public.ecr.aws/bitnami/nginx:1 is gone: public.ecr.aws/bitnami was \
removed on 2026-06-10 [withdrawn-image]
          FROM public.ecr.aws/bitnami/nginx:1
               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          help: pull another image, or name a copy of it under mirrors: \
"public.ecr.aws/bitnami/nginx" = "…"
        """,
    ),
    "invalid-dockerfile": (
        "FROM node\nCOPY --form=nginx a b\n",
        """\
        Dockerfile:2:6: error: BuildKit refuses this file: unknown flag: --form [invalid-dockerfile]
          COPY --form=nginx a b
               ^^^^^^^^^^^^^^^^
          help: mend this line; nothing is changed before the file builds
        """,
    ),
    "no-mirror": (
        "FROM bitnami/nginx\n",
        """\
        Dockerfile:1:6: warning: bitnami/nginx:latest is pulled from Docker Hub: no copy of \
bitnami/nginx on ECR Public is known [no-mirror]
          FROM bitnami/nginx
               ^^^^^^^^^^^^^
          help: copy it to a registry of yours, and name that under mirrors: "bitnami/nginx" = "…"
        """,
    ),
    "unknown-image": (
        "FROM my-base:1\n",
        """\
        Dockerfile:1:6: warning: my-base:1 may be pulled from Docker Hub: my-base is not one of \
Docker's official images [unknown-image]
          FROM my-base:1
               ^^^^^^^^^
          help: if the build's own engine has it, add "my-base" to local_images; if a registry has \
it, name that under mirrors: "my-base" = "…"
        """,
    ),
    "syntax-frontend": (
        "# syntax=docker/dockerfile:1\nFROM scratch\n",
        """\
        Dockerfile:1:10: warning: the syntax image docker/dockerfile:1 is pulled from Docker Hub; \
no copy is known [syntax-frontend]
          # syntax=docker/dockerfile:1
                   ^^^^^^^^^^^^^^^^^^^
          help: remove the line, so that the frontend built into BuildKit is used; or name a copy \
of it under mirrors: "docker/dockerfile" = "…"
        """,
    ),
    "digest-pin": (
        f"FROM public.ecr.aws/docker/library/node\nFROM node:21@{DIGEST}\n",
        f"""\
        Dockerfile:2:6: error: node:21@{DIGEST} is pulled from Docker Hub [docker-hub-pull]
          FROM node:21@{DIGEST}
               {"^" * 79}
          help: check that public.ecr.aws/docker/library/node:21@{DIGEST} exists, then move it \
with: ecr-public-pull fix --unsafe-fixes
        Dockerfile:2:6: warning: the digest of node:21@{DIGEST} may not exist on public.ecr.aws \
[digest-pin]
          FROM node:21@{DIGEST}
               {"^" * 79}
          help: check that public.ecr.aws/docker/library/node@{DIGEST} exists; copies were seen to \
differ
        """,
    ),
    "needs-build-arg": (
        "ARG BASE\nFROM $BASE\n",
        """\
        Dockerfile:2:6: warning: only a build argument tells what is pulled here: BASE has no \
value [needs-build-arg]
          FROM $BASE
               ^^^^^
          help: pass --build-arg BASE=public.ecr.aws/docker/library/node:21, or give it a default \
in ARG BASE
        """,
    ),
    "needs-build-arg for a registry": (
        "ARG REG\nFROM ${REG}/grafana/grafana\nFROM ${REG}/node\n",
        """\
        Dockerfile:2:6: warning: only a build argument tells what is pulled here: REG has no \
value [needs-build-arg]
          FROM ${REG}/grafana/grafana
               ^^^^^^^^^^^^^^^^^^^^^^
          help: pass --build-arg REG=…, or give it a default in ARG REG
        Dockerfile:3:6: warning: only a build argument tells what is pulled here: REG has no \
value [needs-build-arg]
          FROM ${REG}/node
               ^^^^^^^^^^^
          help: pass --build-arg REG=public.ecr.aws/docker/library, or give it a default in ARG REG
        """,
    ),
    "needs-build-arg for two": (
        "ARG A B\nFROM $A$B\n",
        """\
        Dockerfile:2:6: warning: only a build argument tells what is pulled here: A, B have no \
value [needs-build-arg]
          FROM $A$B
               ^^^^
          help: pass --build-arg A=… --build-arg B=…, or give them a default in ARG A, ARG B
        """,
    ),
    "needs-build-arg for an ARG behind a FROM": (
        "FROM scratch\nARG V\nFROM ghcr.io/a/b:${V:-1}\n",
        """\
        Dockerfile:3:6: warning: ARG V has no value here: it is declared behind a FROM, on line \
2, and counts in that stage alone [needs-build-arg]
          FROM ghcr.io/a/b:${V:-1}
               ^^^^^^^^^^^^^^^^^^^
          help: declare ARG V before the first FROM
        """,
    ),
    "invalid-dockerfile for a variable that no ARG declares": (
        "FROM $BASE\n",
        """\
        Dockerfile:1:6: error: BuildKit refuses this file: base name ($BASE) should not be blank \
[invalid-dockerfile]
          FROM $BASE
               ^^^^^
          help: declare ARG BASE before the first FROM
        """,
    ),
    "invalid-dockerfile for a platform that no ARG declares": (
        "FROM --platform=$P node\n",
        """\
        Dockerfile:1:20: error: BuildKit refuses this file: empty platform value from expression \
$P [invalid-dockerfile]
          FROM --platform=$P node
                             ^^^^
          help: declare ARG P before the first FROM
        """,
    ),
    "invalid-dockerfile for an ARG behind a FROM": (
        "FROM scratch\nARG V=1\nFROM node:$V\n",
        """\
        Dockerfile:3:6: error: BuildKit refuses this file: failed to parse stage name "node:": \
invalid reference format [invalid-dockerfile]
          FROM node:$V
               ^^^^^^^
          help: declare ARG V before the first FROM: the one on line 2 counts in its stage alone
        """,
    ),
    "docker-hub-pull of an unknown tag": (
        "ARG V\nFROM node:${V}-slim\n",
        """\
        Dockerfile:2:6: error: node:${V}-slim is pulled from Docker Hub [docker-hub-pull]
          FROM node:${V}-slim
               ^^^^^^^^^^^^^^
          help: pull public.ecr.aws/docker/library/node:${V}-slim
        """,
    ),
    "docker-hub-pull by an empty ARG": (
        'ARG REG=""\nFROM ${REG}node\n',
        """\
        Dockerfile:2:6: error: node:latest is pulled from Docker Hub [docker-hub-pull]
          FROM ${REG}node
               ^^^^^^^^^^
          help: pull public.ecr.aws/docker/library/node:latest: pass \
--build-arg REG=public.ecr.aws/docker/library/, or make that the default of ARG REG on line 1
        """,
    ),
    "foreign-frontend": (
        "# syntax=me/front:1\nFROM node\nINCLUDE x\n",
        """\
        Dockerfile:1:10: warning: me/front:1 is pulled from Docker Hub, and reads this file in a \
language of its own: what the file pulls is not looked at [foreign-frontend]
          # syntax=me/front:1
                   ^^^^^^^^^^
          help: copy it to a registry of yours, and name that under mirrors: "me/front" = "…"; \
see in its documentation what the file pulls
        """,
    ),
    "unused-ignore": (
        "# ecr-public-pull: ignore[no-mirror, x] why\n# ecr-public-pull: x\nFROM scratch\n",
        """\
        Dockerfile:1:1: warning: the line below has no finding of no-mirror to ignore \
[unused-ignore]
          # ecr-public-pull: ignore[no-mirror, x] why
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          help: write "# ecr-public-pull: ignore[rule] reason", or take the comment away
        Dockerfile:1:1: warning: there is no rule x [unused-ignore]
          # ecr-public-pull: ignore[no-mirror, x] why
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          help: write "# ecr-public-pull: ignore[rule] reason", or take the comment away
        Dockerfile:2:1: warning: this comment names no rule, and ignores nothing [unused-ignore]
          # ecr-public-pull: x
          ^^^^^^^^^^^^^^^^^^^^
          help: write "# ecr-public-pull: ignore[rule] reason", or take the comment away
        """,
    ),
    "ambiguous-arg, shared": (
        "ARG N=nginx\nFROM $N AS nginx\nFROM $N\n",
        """\
        Dockerfile:2:6: warning: ARG N is used in several places that need different values \
[ambiguous-arg]
          FROM $N AS nginx
               ^^
          help: give each of these places an ARG of its own
        Dockerfile:2:6: error: nginx:latest is pulled from Docker Hub [docker-hub-pull]
          FROM $N AS nginx
               ^^
          help: give each of these places an ARG of its own
        """,
    ),
    "ambiguous-arg, scattered": (
        "ARG A=docker. B=io\nFROM $A$B/node\n",
        """\
        Dockerfile:2:6: warning: the name is put together from several parts: ARG A, ARG B \
[ambiguous-arg]
          FROM $A$B/node
               ^^^^^^^^^
          help: let one ARG, or the line itself, hold it: public.ecr.aws/docker/library/node:latest
        Dockerfile:2:6: error: node:latest is pulled from Docker Hub [docker-hub-pull]
          FROM $A$B/node
               ^^^^^^^^^
          help: let one ARG, or the line itself, hold it: public.ecr.aws/docker/library/node:latest
        """,
    ),
    "onbuild-ambiguous": (
        "FROM scratch\nONBUILD COPY --from=node a b\n",
        """\
        Dockerfile:2:21: warning: this name means an image or a stage, as the Dockerfile on top \
decides [onbuild-ambiguous]
          ONBUILD COPY --from=node a b
                              ^^^^
          help: if the image is meant, write public.ecr.aws/docker/library/node:latest
        Dockerfile:2:21: error: node:latest is pulled from Docker Hub [docker-hub-pull]
          ONBUILD COPY --from=node a b
                              ^^^^
          help: if the image is meant, write public.ecr.aws/docker/library/node:latest
        """,
    ),
}


@pytest.mark.parametrize(("content", "report"), MESSAGES.values(), ids=MESSAGES.keys())
def test_messages(content: str, report: str) -> None:
    """A finding says where, what, why and what to do, with a mark under the place."""
    assert report_on(content.encode()) == dedent(report)


def test_every_rule_has_its_message() -> None:
    """The table above shows each rule."""
    shown = "".join(report for _, report in MESSAGES.values())
    assert [rule for rule in Rule if f"[{rule}]" not in shown] == []
