"""Findings as people read them, for tests."""

from __future__ import annotations

from cdk_ecr_public_pull.dockerfile.findings import render
from cdk_ecr_public_pull.dockerfile.positions import Positions
from cdk_ecr_public_pull.dockerfile.rewrite import check_dockerfile


def report_on(content: bytes, path: str = "Dockerfile") -> str:
    """All that is said of a Dockerfile."""
    positions = Positions(content)
    findings = check_dockerfile(content, path=path)
    return "".join(render(finding, positions) + "\n" for finding in findings)
