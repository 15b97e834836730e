"""Findings as people read them, for tests."""

from __future__ import annotations

from cdk_ecr_public_pull.dockerfile.rewrite import check_dockerfile
from cdk_ecr_public_pull.report.formats.text import render_all


def report_on(content: bytes, path: str = "Dockerfile") -> str:
    """All that is said of a Dockerfile."""
    return render_all(check_dockerfile(content, path=path), content)
