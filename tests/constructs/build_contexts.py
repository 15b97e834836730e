"""Build contexts for tests, and what RewrittenBuildContext makes of them."""

from __future__ import annotations

import json
from pathlib import Path

import aws_cdk as cdk

from cdk_ecr_public_pull import RewrittenBuildContext

BEFORE = "FROM node:21.7.0-alpine3.19\r\nCOPY --from=busybox:1.36.1 / /\n"
AFTER = (
    "FROM public.ecr.aws/docker/library/node:21.7.0-alpine3.19\r\n"
    "COPY --from=public.ecr.aws/docker/library/busybox:1.36.1 / /\n"
)
FILES = {"Dockerfile": BEFORE, "src/main.js": "main", "secret": "secret"}


def make(root: Path, files: dict[str, str]) -> Path:
    """Write files into a folder."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode())
    return root


def new_stack(outdir: Path | None = None, context: dict[str, object] | None = None) -> cdk.Stack:
    """A stack in an app of its own."""
    app = cdk.App(outdir=str(outdir) if outdir else None, context=context)
    return cdk.Stack(app, "Stack")


def content(folder: str | Path) -> dict[str, str]:
    """All files below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes().decode()
        for path in Path(folder).rglob("*")
        if path.is_file()
    }


def path_and_hash(root: Path) -> tuple[str, str]:
    """The name of a folder's copy, and the hash of its asset."""
    context = RewrittenBuildContext(new_stack(), "Context", directory=root)
    return Path(context.path).name, context.asset.asset_hash


def assets(assembly: Path) -> list[str]:
    """The folders of the assets in an assembly, where it has staged them or not."""
    manifest = json.loads((assembly / "Stack.assets.json").read_text())
    sources = [
        *(asset["source"]["path"] for asset in manifest["files"].values()),
        *(asset["source"]["directory"] for asset in manifest["dockerImages"].values()),
    ]
    return [path for path in sources if not path.endswith(".json")]
