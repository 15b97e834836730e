"""The folder of a build context, as the user has it: its Dockerfiles and ignore files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NoReturn

from cdk_ecr_public_pull.constructs.build_context import folder, named_files
from cdk_ecr_public_pull.constructs.build_context.dockerignore import IgnoreRules
from cdk_ecr_public_pull.errors import UnusableFile

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextCopy:
    """A copy of a build context.

    Attributes:
        path: The folder.
        content_hash: The hash of what is in it.
    """

    path: Path
    content_hash: str


class SourceFolder:
    """A folder on disk that nothing here writes to.

    Args:
        directory: The folder, from the working directory.

    Attributes:
        root: The folder, absolute and without symbolic links in its path.

    Raises:
        UnusableFile: It is not there, or no folder.
    """

    def __init__(self, directory: named_files.FileName) -> None:
        self._directory = os.fspath(directory)
        self.root = Path(directory).resolve()
        if not self.root.is_dir():
            raise UnusableFile(
                f"the build context {self._directory!r} is not a folder\n"
                "  help: directory is a path from the working directory"
            )

    def shown(self, path: PurePosixPath) -> str:
        """Write a file's path as the user would.

        Args:
            path: Its path from the root.
        """
        return str(Path(self._directory, path))

    def read(self, path: PurePosixPath) -> bytes:
        """Read a file.

        Args:
            path: Its path from the root.

        Raises:
            UnusableFile: It cannot be read.
        """
        return named_files.read(self.root / path, shown=self.shown(path))

    def dockerfile(self, name: str) -> PurePosixPath:
        """Take the name of a Dockerfile.

        Args:
            name: Its path from the root, as the user wrote it.

        Returns:
            Its path from the root.

        Raises:
            UnusableFile: There is no such file, or it does not lie in the folder.
        """
        path = PurePosixPath(Path(os.path.normpath(name)).as_posix())
        place = self.root / path
        if path.is_absolute() or ".." in path.parts:
            self._refuse(name, "it is outside of the folder", "name it from the folder")
        if not place.is_file():
            self._refuse(name, "there is no such file", "name it from the folder")
        target = place.resolve()
        if not target.is_relative_to(self.root):
            self._refuse(name, f"it is a link that leaves the folder, to {target}", "copy it there")
        if place.parent.resolve() != place.parent:
            real = (place.parent.resolve() / place.name).relative_to(self.root)
            self._refuse(name, "a folder in its path is a link", f'name it "{real.as_posix()}"')
        return path

    def copy_into(self, outdir: Path, *, dockerfiles: Mapping[PurePosixPath, bytes]) -> ContextCopy:
        """Copy what the builds of some Dockerfiles need, under a name made from its content.

        Args:
            outdir: Where the copy goes: a folder without symbolic links in its path. It is
                no part of the copy even where it lies in this folder.
            dockerfiles: The new contents of the Dockerfiles, by their paths from the root.

        Raises:
            UnusableFile: A file cannot be read, or the copy cannot be written.
        """
        ignore_files = [self._ignore_file(dockerfile) for dockerfile in dockerfiles]
        kept = {path: self.read(path) for path in ignore_files if path} | dict(dockerfiles)
        rules = [self._rules(path) for path in ignore_files]
        try:
            entries = folder.entries(self.root, kept=kept, rules=rules, outside=outdir)
            content_hash = folder.content_hash(entries)
            copy = outdir / f"ecr-public-pull-{content_hash}"
            folder.copy(entries, copy)
        except OSError as error:
            raise UnusableFile(
                f"the build context {self._directory!r} cannot be copied: {error}\n"
                "  help: make the file readable, or list it in .dockerignore"
            ) from None
        return ContextCopy(path=copy, content_hash=content_hash)

    def _rules(self, ignore_file: PurePosixPath | None) -> IgnoreRules:
        if ignore_file is None:
            return IgnoreRules()
        text = self.read(ignore_file).decode(errors="surrogateescape")
        return IgnoreRules.parse(text, path=self.shown(ignore_file))

    def _ignore_file(self, dockerfile: PurePosixPath) -> PurePosixPath | None:
        # https://docs.docker.com/build/concepts/context/#filename-and-location
        own = dockerfile.with_name(f"{dockerfile.name}.dockerignore")
        candidates = (own, PurePosixPath(".dockerignore"))
        return next((path for path in candidates if (self.root / path).is_file()), None)

    def _refuse(self, name: str, cause: str, remedy: str) -> NoReturn:
        raise UnusableFile(
            f"the Dockerfile {name!r} of the build context {self._directory!r} cannot be "
            f"rewritten: {cause}\n  help: {remedy}"
        )
