"""What of a synthesized app pulls from Docker Hub."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cdk_ecr_public_pull.constructs.shown_path import shown_path
from cdk_ecr_public_pull.constructs.synth_check.assembly import read_stack
from cdk_ecr_public_pull.constructs.synth_check.construct_finding import Owner
from cdk_ecr_public_pull.constructs.synth_check.dockerfile_findings import (
    build_findings,
    dockerfile_findings,
)
from cdk_ecr_public_pull.constructs.synth_check.image_findings import image_findings
from cdk_ecr_public_pull.constructs.synth_check.template_images import resource_images
from cdk_ecr_public_pull.constructs.synth_check.tree import source_folder
from cdk_ecr_public_pull.discovery.dockerfiles import find_dockerfiles
from cdk_ecr_public_pull.errors import UnusableFile
from cdk_ecr_public_pull.report.rules import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import aws_cdk as cdk

    from cdk_ecr_public_pull.config import Config
    from cdk_ecr_public_pull.constructs.synth_check.assembly import ImageBuild, Template
    from cdk_ecr_public_pull.constructs.synth_check.construct_finding import ConstructFinding
    from cdk_ecr_public_pull.constructs.synth_check.project_build_spec import SourceFiles
    from cdk_ecr_public_pull.constructs.synth_check.tree import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class AppCheck:
    """Looks at the parts of an app.

    Attributes:
        config: Which images have copies, and how grave what is.
        tree: The constructs; asked only about what pulls from Docker Hub.
        files: Where the files lie that projects name as their buildspecs.
    """

    config: Config
    tree: Tree
    files: SourceFiles

    def stack(self, stack: cdk.PolicyValidationStack) -> Iterator[ConstructFinding]:
        """Look at a stack, and at those nested in it.

        Args:
            stack: The stack, as CDK tells it to plugins.

        Raises:
            UnusableFile: A Dockerfile cannot be read.
            OSError: A file of the assembly is not there.
            ValueError: A file of the assembly is not JSON.
        """
        path, template = stack.stack_construct_path, Path(stack.template_path)
        outdir = self.tree.outdir
        found = read_stack(path, template)
        # The assembly of a Stage is a folder of its own.
        is_in_stage = outdir is not None and not template.parent.samefile(outdir)
        owner = Owner(
            path=path,
            stack=path,
            is_hidden=is_in_stage and not found.is_validated,
            template=str(template),
        )
        for each in found.templates:
            for logical_id, resource in each.resources.items():
                yield from self._resource(logical_id, resource, template=each, stack=owner)
        for build in found.builds:
            yield from self._build(build, stack=owner)

    def dockerfiles(self, names: Sequence[str]) -> Iterator[ConstructFinding]:
        """Look at Dockerfiles that belong to no construct.

        Args:
            names: Files and folders, as ``ecr-public-pull check`` takes them.

        Raises:
            UnusableFile: One is not there or cannot be read, or a folder has no Dockerfile.
        """
        found = find_dockerfiles(names, is_ignored=self.config.ignores)
        if found.unusable:
            raise UnusableFile("\n".join(found.unusable))
        for name in found.names:
            yield from dockerfile_findings(Path(name), config=self.config)

    def _resource(
        self, logical_id: str, resource: Mapping[str, object], *, template: Template, stack: Owner
    ) -> Iterator[ConstructFinding]:
        for found in resource_images(resource, self.config.mirrors, self.files):
            findings = list(image_findings(found.image, place=found.place, config=self.config))
            if not findings:
                continue
            match resource:
                case {"Metadata": {"aws:cdk:path": str(known_path)}}:
                    pass
                case _:
                    known_path = ""
            path = self.tree.resource(
                template.path, logical_id, known_path=known_path, below=stack.path
            )
            owner = replace(
                stack,
                path=path,
                template=str(template.path),
                logical_id=logical_id,
                location=found.location,
            )
            # EcrPublicImages says so of an image that it leaves where it is.
            said = f"{found.location.removeprefix('Properties.')} of {path} is "
            for finding in findings:
                if not self._is_said(finding, owner, said):
                    yield replace(finding, owner=owner)

    def _build(self, build: ImageBuild, *, stack: Owner) -> Iterator[ConstructFinding]:
        staged = str(build.directory / build.file)
        if not build_findings(build, shown=staged, config=self.config):
            return
        assets = self.tree.image_assets(build.asset_hash, below=stack.path)
        folders = {asset.node.path: source_folder(asset) for asset in assets} or {stack.path: None}
        for path, folder in folders.items():
            shown = shown_path(Path(folder, build.file) if folder else Path(staged))
            if not self.config.ignores(shown):
                owner = replace(stack, path=path)
                for finding in build_findings(build, shown=shown, config=self.config):
                    said = f"{finding.description} [{finding.rule}]"
                    if not self._is_said(finding, owner, said):
                        yield replace(finding, owner=owner)

    def _is_said(self, finding: ConstructFinding, owner: Owner, text: str) -> bool:
        """Whether another construct of this library shows a warning as its own."""
        if finding.severity is Severity.ERROR or owner.is_hidden:
            return False
        return self.tree.warns(text, at=owner.path)
