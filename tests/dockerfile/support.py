"""What the tests of Dockerfiles share: the case table, and the two questions about a rewrite."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from cdk_ecr_public_pull.dockerfile.pulls import FoundPulls, find_pulls
from cdk_ecr_public_pull.dockerfile.rewrite import check_dockerfile, rewrite_dockerfile
from cdk_ecr_public_pull.images.mirrors import Mirrors
from cdk_ecr_public_pull.images.platform import DEFAULT_PLATFORM
from cdk_ecr_public_pull.report.finding import Finding
from cdk_ecr_public_pull.report.rules import RuleSettings

DATA = Path(__file__).parent.parent / "data"
COPIES = b"public.ecr.aws/docker/library/"
# Pieces of Dockerfiles that mean something, and bytes that others misread.
FRAGMENTS = (
    b"FROM |FROM node|ARG A=|ARG A=${A}|$A|${A:-|${A#|}|\"|'|\\|`|\\\n|\n|\r\n|\r|\t|\x0b|\x0c| "
    b"|<<EOF\n|EOF\n|<<|<\\\n<RUN\n|#|# escape=`\n|# syntax=|--from=|--from=0 |--from=1 "
    b"|--mount=from=|,|=|ONBUILD |COPY |RUN |\xef\xbb\xbf|\xc2\xa0|\x85|\xa0|\xff|\x00|\x1c"
    b'|\xe2\x80\xa8| AS |:|/|@|docker.io/|library/|node|nginx|scratch|[|]|["|--|-'
).split(b"|")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A Dockerfile, and what BuildKit says about it.

    Attributes:
        name: What it is about.
        content: The file.
        build_args: The values of ``--build-arg``.
        pulls: The images that all stages pull, sorted; None if not recorded.
        reachable: Those of the target.
        syntax: The image that parses the file, or None.
        error: Why BuildKit refuses the file, or None.
        target: The stage of ``--target``; None for the last one.
        platform: The platform that is built for.
        spans: Each instruction's name, first line and last line; none if not recorded.
    """

    name: str
    content: bytes
    build_args: Mapping[str, str]
    pulls: list[str] | None
    reachable: list[str]
    syntax: str | None
    error: str | None
    target: str | None = None
    platform: str = DEFAULT_PLATFORM
    spans: tuple[tuple[str, int, int], ...] = ()

    def found(self) -> FoundPulls:
        """What ``find_pulls`` says of it."""
        return find_pulls(
            self.content, build_args=self.build_args, target=self.target, platform=self.platform
        )


@cache
def cases() -> tuple[Case, ...]:
    """The case table of BuildKit's own answers."""
    return tuple(
        Case(
            **_fields(row),
            syntax=row["syntax"],
            spans=tuple((name, first, last) for name, first, last in row["spans"]),
        )
        for row in json.loads((DATA / "dockerfile-cases.json").read_bytes())
    )


@cache
def more_cases() -> tuple[Case, ...]:
    """The second table, of what was refused wrongly once."""
    return tuple(
        Case(
            **_fields(row),
            syntax=next(iter(row["syntax"]), None),
            target=row["target"],
            platform=row["platform"] or DEFAULT_PLATFORM,
        )
        for row in json.loads((DATA / "dockerfile-cases-2.json").read_bytes())
    )


def _fields(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the rows of both tables have."""
    return {
        "name": row["name"],
        "content": base64.b64decode(row["dockerfile_b64"]),
        "build_args": row["build_args"],
        "pulls": row["pulls_all"],
        "reachable": row["pulls_default_target"],
        "error": row["error"],
    }


def check_unchanged(
    content: bytes,
    *rules: str,
    mirrors: Mirrors | None = None,
    settings: RuleSettings | None = None,
) -> tuple[Finding, ...]:
    """Hold that a rewrite changes nothing, which rules its findings name, and that a check agrees.

    Args:
        content: The Dockerfile.
        rules: The rules of the findings, in their order.
        mirrors: Where copies are; the built-in ones if left out.
        settings: The rules' severities; their defaults if left out.

    Returns:
        The findings.
    """
    rewrite = rewrite_dockerfile(content, mirrors=mirrors, settings=settings)
    assert (rewrite.content, rewrite.edits) == (content, ())
    assert [str(finding.rule) for finding in rewrite.findings] == list(rules)
    assert check_dockerfile(content, mirrors=mirrors, settings=settings) == rewrite.findings
    return rewrite.findings


def check_rewritten(
    content: bytes,
    expected: bytes,
    *rules: str,
    mirrors: Mirrors | None = None,
    settings: RuleSettings | None = None,
    unsafe_fixes: bool = False,
) -> None:
    """Hold what a rewrite makes of a file, and that a second one changes nothing.

    Args:
        content: The Dockerfile.
        expected: What becomes of it; ``~`` stands for the path of the copies.
        rules: The rules of the findings that remain, in their order.
        mirrors: Where copies are; the built-in ones if left out.
        settings: The rules' severities; their defaults if left out.
        unsafe_fixes: Whether images are moved that are pinned by a digest.
    """
    rewrite_again = partial(
        rewrite_dockerfile, mirrors=mirrors, settings=settings, unsafe_fixes=unsafe_fixes
    )
    rewrite = rewrite_again(content)
    assert rewrite.content == expected.replace(b"~", COPIES)
    assert [str(finding.rule) for finding in rewrite.findings] == list(rules)
    again = rewrite_again(rewrite.content)
    assert (again.content, again.edits) == (rewrite.content, ())
