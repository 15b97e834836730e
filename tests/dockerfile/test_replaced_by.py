"""Build contexts: which one BuildKit takes instead of pulling an image."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.dockerfile.named_contexts import plan_contexts, replaced_by
from cdk_ecr_public_pull.dockerfile.pulls import find_pulls
from cdk_ecr_public_pull.images.mirrors import Mirrors
from tests.dockerfile.support import Case, cases

DIGEST = "sha256:" + "ab" * 32


@pytest.mark.parametrize(
    ("file", "names", "expected"),
    [
        ("FROM node:21", [], None),
        ("FROM node:21", ["node", "node:20", "library/nod", "nodes:21"], None),
        ("FROM node:21", ["node:21"], "node:21"),
        ("FROM node:21", ["library/node:21"], "library/node:21"),
        ("FROM node:21", ["node:21", "docker.io/node:21"], "docker.io/node:21"),
        ("FROM node:21", ["Node:21", "node:21::linux/amd64", ""], None),
        ("FROM node", ["node:latest"], "node:latest"),
        ("FROM node:latest", ["index.docker.io/library/node"], "index.docker.io/library/node"),
        (f"FROM node:21@{DIGEST}", ["node:21", f"node@{DIGEST}"], None),
        (f"FROM node@{DIGEST}", ["node", f"node@{DIGEST}"], f"node@{DIGEST}"),
        ("FROM ghcr.io/a/b", ["a/b", "ghcr.io/a/b"], "ghcr.io/a/b"),
        ("FROM scratch\nCOPY --from=busybox a b", ["busybox"], "busybox"),
        ("FROM scratch\nRUN --mount=from=busybox true", ["busybox"], "busybox"),
        ("FROM node AS Build", ["build", "node"], "build"),
        ("FROM scratch AS a\nCOPY --from=node a b", ["a"], None),
        ("# syntax=docker/dockerfile:1\nFROM scratch", ["docker/dockerfile"], None),
        ("# syntax=docker/dockerfile\nFROM scratch", ["docker/dockerfile"], "docker/dockerfile"),
    ],
)
def test_replaced_by(file: str, names: list[str], expected: str | None) -> None:
    """A context replaces a pull if both names mean the same, or if it replaces the stage."""
    (pull,) = find_pulls(f"{file}\n".encode()).pulls
    assert replaced_by(pull, names) == expected


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in cases()])
def test_what_is_planned_moves_every_pull_or_is_reported(case: Case) -> None:
    """Each context moves a pull, none replaces a stage, and what has a copy is not passed over."""
    plan = plan_contexts(case.content, build_args=case.build_args, platform="linux/amd64")
    found = find_pulls(case.content, build_args=case.build_args)
    if found.error:
        assert dict(plan.contexts) == {}
        return
    pulls = [pull for pull in found.pulls if pull.reachable]
    moved = {name for name in plan.contexts if any(replaced_by(pull, [name]) for pull in pulls)}
    assert moved == set(plan.contexts)
    assert moved.isdisjoint({pull.stage_name for pull in found.pulls})
    reported = {(finding.line, finding.column) for finding in plan.findings}
    assert [
        pull.written
        for pull in pulls
        if Mirrors().resolve(pull.image).replacement
        and not replaced_by(pull, plan.contexts)
        and (pull.line, pull.column) not in reported
    ] == []
