"""Findings of a file: how grave they are, and where a comment turns them off."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.dockerfile.rewrite import check_dockerfile, rewrite_dockerfile
from cdk_ecr_public_pull.report.rules import Rule, RuleSettings, Severity
from tests.dockerfile.support import check_unchanged


def test_default_severities() -> None:
    """What breaks, or pulls from Docker Hub although it need not, is an error."""
    errors = [rule for rule in Rule if RuleSettings().severity(rule) is Severity.ERROR]
    assert errors == [Rule.DOCKER_HUB_PULL, Rule.WITHDRAWN_IMAGE, Rule.INVALID_DOCKERFILE]


SETTINGS: dict[str, tuple[bytes, dict[Rule, Severity | None], list[str]]] = {
    "milder": (
        b"FROM node\n",
        {Rule.DOCKER_HUB_PULL: Severity.WARNING},
        ["warning docker-hub-pull"],
    ),
    "graver": (b"FROM x/y\n", {Rule.NO_MIRROR: Severity.ERROR}, ["error no-mirror"]),
    "off": (b"FROM x/y\nFROM my-base\n", {Rule.NO_MIRROR: None}, ["warning unknown-image"]),
    "refused, but off": (b"LABLE\n", {Rule.INVALID_DOCKERFILE: None}, []),
}


@pytest.mark.parametrize(
    ("content", "severities", "expected"), SETTINGS.values(), ids=SETTINGS.keys()
)
def test_settings(
    content: bytes, severities: dict[Rule, Severity | None], expected: list[str]
) -> None:
    """A rule's findings are as grave as the settings say, or there are none."""
    findings = check_dockerfile(content, settings=RuleSettings(severities=severities))
    assert [f"{finding.severity} {finding.rule}" for finding in findings] == expected


def test_a_rule_that_is_off_changes_nothing() -> None:
    """What is not to be reported is not changed either."""
    check_unchanged(b"FROM node\n", settings=RuleSettings(severities={Rule.DOCKER_HUB_PULL: None}))


UNUSED = "unused-ignore"
IGNORED = {
    "the rule": (b"# ecr-public-pull: ignore[docker-hub-pull] on purpose\nFROM node\n", []),
    "two rules": (
        (
            b"FROM scratch\nARG V\n# ecr-public-pull: ignore[needs-build-arg,docker-hub-pull]\n"
            b"FROM node:${V:-1}\n"
        ),
        [],
    ),
    "one of several": (
        b"# ecr-public-pull: ignore[no-mirror, docker-hub-pull]\nFROM node\n",
        [UNUSED],
    ),
    "indented": (b"  #  ecr-public-pull: ignore[docker-hub-pull]\nFROM node\n", []),
    "CRLF": (b"# ecr-public-pull: ignore[docker-hub-pull]\r\nFROM node\r\n", []),
    "in a continuation": (b"FROM \\\n# ecr-public-pull: ignore[docker-hub-pull]\n node\n", []),
    "above the instruction alone": (
        b"# ecr-public-pull: ignore[docker-hub-pull]\nFROM \\\n node\n",
        [UNUSED, "docker-hub-pull"],
    ),
    "another rule": (
        b"# ecr-public-pull: ignore[no-mirror]\nFROM node\n",
        [UNUSED, "docker-hub-pull"],
    ),
    "no rule": (b"# ecr-public-pull: ignore[] x\nFROM node\n", [UNUSED, "docker-hub-pull"]),
    "no brackets": (b"# ecr-public-pull: ignore x\nFROM node\n", [UNUSED, "docker-hub-pull"]),
    "another one that is unused": (
        (
            b"# ecr-public-pull: ignore[unused-ignore]\n# ecr-public-pull: ignore[no-mirror]\n"
            b"FROM scratch\n"
        ),
        [],
    ),
    "a comment in a comment": (b"# see # ecr-public-pull: ignore[x]\nFROM scratch\n", []),
    "part of a rule's name": (
        b"# ecr-public-pull: ignore[docker-hub]\nFROM node\n",
        [UNUSED, "docker-hub-pull"],
    ),
    "two lines above": (
        b"# ecr-public-pull: ignore[docker-hub-pull]\n\nFROM node\n",
        [UNUSED, "docker-hub-pull"],
    ),
    "one place only": (
        b"# ecr-public-pull: ignore[docker-hub-pull]\nFROM node\nFROM node\n",
        ["docker-hub-pull"],
    ),
    "a refusal": (b"FROM scratch\n# ecr-public-pull: ignore[invalid-dockerfile]\nLABLE x\n", []),
}


@pytest.mark.parametrize(("content", "rules"), IGNORED.values(), ids=IGNORED.keys())
def test_ignored(content: bytes, rules: list[str]) -> None:
    """A comment on the line above a finding turns its rule off; one that does not is told."""
    assert [str(finding.rule) for finding in check_dockerfile(content)] == rules


def test_a_refused_file() -> None:
    """Of a file that is not looked at it is not told what else it ignores."""
    content = b"# ecr-public-pull: ignore[no-mirror]\nFROM node\nLABLE x\n"
    check_unchanged(content, "invalid-dockerfile")


def test_what_is_ignored_stays() -> None:
    """A pull that is ignored is not changed; another one is."""
    comment = b"# ecr-public-pull: ignore[docker-hub-pull]\n"
    rewrite = rewrite_dockerfile(comment + b"FROM node\nFROM nginx\n")
    assert rewrite.content == comment + b"FROM node\nFROM public.ecr.aws/docker/library/nginx\n"


def test_an_arg_of_an_ignored_pull_stays() -> None:
    """An ARG that an ignored pull needs as it is does not change for another one."""
    content = b"ARG B=alpine\n# ecr-public-pull: ignore[docker-hub-pull]\nFROM $B\nFROM ${B}:3\n"
    check_unchanged(content, "ambiguous-arg", "docker-hub-pull")
