"""RewrittenBuildContext: a build context whose images come from ECR Public."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from cdk_ecr_public_pull.constructs.build_context import named_files
from cdk_ecr_public_pull.constructs.build_context.source_folder import SourceFolder
from cdk_ecr_public_pull.constructs.codebuild.annotations import annotate
from cdk_ecr_public_pull.constructs.configuration import configuration
from cdk_ecr_public_pull.dockerfile.rewrite import rewrite_dockerfile
from cdk_ecr_public_pull.errors import UnusableFile
from cdk_ecr_public_pull.images.mirrors import Mirrors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import PurePosixPath

    from cdk_ecr_public_pull.config import Config


class RewrittenBuildContext(Construct):
    """A copy of a folder in which the Dockerfiles name the copies on ECR Public.

    The folder itself is not touched. The copy lies in the cloud assembly, under a
    name made from its content, and is written while the app is constructed, so that
    it is there also where CDK skips bundling or staging. What a Dockerfile still
    pulls from Docker Hub becomes an error or a warning of this construct.

    ``.dockerignore`` is respected, or ``Dockerfile.dockerignore`` where there is one;
    with several Dockerfiles, what the builds of all of them ignore is left out. The
    Dockerfiles and these files themselves are always in the copy, because a build
    reads them even where they ignore themselves. Of these, a symbolic link becomes
    the file that it leads to. Of all others, one that leaves the folder is replaced by
    what it leads to, as in CDK's own copies; the rest stay links.

    Args:
        scope: The parent construct.
        construct_id: The construct's id.
        directory: The folder, from the working directory.
        dockerfiles: The Dockerfiles to rewrite, as paths from that folder.
        mirrors: Which images have copies, and where; by default Docker's official
            images on ECR Public.
        local_images: Images that the build makes itself and never pulls, names or
            patterns such as ``myorg/*``; added to those of ``mirrors``.

    Attributes:
        path: The copy's absolute path, for ``s3_assets.Asset(path=…)`` or
            ``ecr_assets.DockerImageAsset(directory=…)``.

    Raises:
        UnusableFile: The folder or a Dockerfile cannot be read, or a Dockerfile is
            a link that leaves the folder.
        InvalidConfig: A name in ``local_images`` is no image name or pattern.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        directory: named_files.FileName,
        dockerfiles: Sequence[named_files.FileName] = ("Dockerfile",),
        mirrors: Mirrors | None = None,
        local_images: Iterable[str] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        source = SourceFolder(directory)
        names = [source.dockerfile(name) for name in named_files.names(dockerfiles)]
        config = configuration(mirrors, local_images)
        rewritten = dict(self._rewritten(source, names, config))
        copy = source.copy_into(self._outdir(), dockerfiles=rewritten)
        self._content_hash = copy.content_hash
        self.path = str(copy.path)

    @property
    def asset(self) -> s3_assets.Asset:
        """The copy as a zip file in the bootstrap bucket; made when it is first asked for.

        Its hash counts line ends and the right to execute, which CDK's own does not.
        As in all zip files of CDK, a link is replaced by what it leads to, and empty
        folders are left out.
        """
        asset = self.node.try_find_child("Asset")
        if isinstance(asset, s3_assets.Asset):
            return asset
        return s3_assets.Asset(self, "Asset", path=self.path, asset_hash=self._content_hash)

    @property
    def source(self) -> codebuild.ISource:
        """The copy as the source of a CodeBuild project."""
        return codebuild.Source.s3(bucket=self.asset.bucket, path=self.asset.s3_object_key)

    def _rewritten(
        self, source: SourceFolder, names: Iterable[PurePosixPath], config: Config
    ) -> Iterator[tuple[PurePosixPath, bytes]]:
        for name in names:
            shown = source.shown(name)
            content = source.read(name)
            rewrite = rewrite_dockerfile(
                content, path=shown, mirrors=config.mirrors, settings=config.settings
            )
            annotate(self, rewrite.findings)
            yield name, rewrite.content

    def _outdir(self) -> Path:
        stage = cdk.Stage.of(self)
        if stage is None:
            raise UnusableFile(f"{self.node.path}: a build context needs an App above it")
        return Path(stage.asset_outdir).resolve()
