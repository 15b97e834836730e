"""A buildspec that is a file, which only the build reads: of its source, or an asset."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk

from cdk_ecr_public_pull.builds.buildspec.docker_use import logs_in, names_docker
from cdk_ecr_public_pull.builds.buildspec.read import names_a_file, parse_build_spec
from cdk_ecr_public_pull.constructs.codebuild.token_text import TokenText
from cdk_ecr_public_pull.constructs.shown_path import shown_path
from cdk_ecr_public_pull.errors import InvalidBuildSpec

if TYPE_CHECKING:
    from cdk_ecr_public_pull.constructs.codebuild.existing_projects import ExistingProject

# https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec-ref-name-storage
DEFAULT_NAME = "buildspec.yml"
"""The file that a build takes whose project names none."""

_ASSEMBLY_FILE = re.compile(r"buildspec-[\w-]+\.yaml")
_REMEDY = (
    "put what ecr-public-pull login prints before its first docker command, and move the pulls of "
    "its Dockerfiles with ecr-public-pull fix; the role has the permissions"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildSpecFile:
    """A project's buildspec that is a file.

    Attributes:
        name: What the project calls it.
        path: The file, or where it would be.
        root: The checkout that it was looked for in.
    """

    name: str
    path: Path
    root: Path

    def warning(self, project: str, *, has_docker: bool | None) -> str | None:
        """Say what is to be done with the file; None while it has a login, or needs none.

        Args:
            project: The project's path in the construct tree.
            has_docker: Whether the build has a Docker daemon.
        """
        if not self.path.is_file():
            return (
                f'project {project} builds by the file "{self.name}" of its source, which is not '
                f"in {self.root}\n  help: in the repository that has it, {_REMEDY}. Or name a "
                "checkout of that repository: EcrPublicPull(source_root=...)"
            )
        file = shown_path(self.path)
        try:
            build_spec = parse_build_spec(self.path.read_text(encoding="utf-8"), source=file)
        except InvalidBuildSpec as error:
            return f"project {project} builds by a file that is no buildspec: {error}"
        except (OSError, ValueError) as error:
            cause = error.strerror if isinstance(error, OSError) else error
            return f"project {project} builds by {file}, which cannot be read: {cause}"
        if logs_in(build_spec) or (has_docker is False and not names_docker(build_spec)):
            return None
        return (
            f"project {project} builds by {file}, which does not log in to public.ecr.aws\n"
            f"  help: {_REMEDY}"
        )


def build_spec_file(project: ExistingProject, source_root: Path | None) -> BuildSpecFile | None:
    """Find the file that is a project's buildspec; None if its buildspec is none.

    Args:
        project: The project.
        source_root: A checkout of its source; by default the repository that the working
            folder is in, or that folder if it is in none.
    """
    source = project.properties.get("source")
    if not isinstance(source, dict):
        return None
    root = source_root or repository(Path.cwd())
    if source.get("buildSpec") is None:
        return BuildSpecFile(name=DEFAULT_NAME, path=root / DEFAULT_NAME, root=root)
    text = TokenText.of(project.build_spec)
    if text is None or not names_a_file(text.with_placeholders):
        return None
    name = text.described(text.with_placeholders)
    if text_in_assembly(project, name) is not None:
        return None
    asset = _asset(project) if name.startswith("arn:") else None
    if asset is not None:
        return BuildSpecFile(name=asset.name, path=asset, root=asset.parent)
    return BuildSpecFile(name=name, path=root / name, root=root)


def text_in_assembly(project: ExistingProject, name: str) -> str | None:
    """The text of a file that CDK Pipelines wrote beside the templates, if it is one.

    It does so with the buildspecs of the projects that publish assets, where one project
    publishes several: ``publish_assets_in_parallel=False``.

    Args:
        project: The project.
        name: What it has for a buildspec.
    """
    if not _ASSEMBLY_FILE.fullmatch(name):
        return None
    app = project.construct.node.root
    if not isinstance(app, cdk.Stage):
        return None
    try:
        return (Path(app.outdir) / name).read_text(encoding="utf-8")
    except OSError:
        return None


def _asset(project: ExistingProject) -> Path | None:
    """The file that ``BuildSpec.from_asset`` uploads: its asset is a child of the project."""
    code = project.construct.node.try_find_child("Code")
    staging = code and code.node.try_find_child("Stage")
    return Path(staging.source_path) if isinstance(staging, cdk.AssetStaging) else None


@lru_cache(maxsize=16)
def repository(folder: Path) -> Path:
    """The checkout that a folder is in, or the folder itself.

    Args:
        folder: The folder.
    """
    # In a submodule or a worktree it is a file.
    return next((it for it in (folder, *folder.parents) if (it / ".git").exists()), folder)
