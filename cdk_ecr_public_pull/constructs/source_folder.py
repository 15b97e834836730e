"""The folder of a build context, as the user has it: its Dockerfiles and ignore files."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NoReturn

from cdk_ecr_public_pull.constructs import files
from cdk_ecr_public_pull.constructs.dockerignore import IgnoreRules
from cdk_ecr_public_pull.errors import UnusableFile

if TYPE_CHECKING:
    from collections.abc import Iterable


class SourceFolder:
    """A folder on disk that nothing here writes to.

    Args:
        directory: The folder, from the working directory.

    Attributes:
        root: The folder, absolute and without symbolic links in its path.

    Raises:
        UnusableFile: It is not there, or no folder.
    """

    def __init__(self, directory: files.FileName) -> None:
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
        return files.read(self.root / path, shown=self.shown(path))

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

    def ignore_files(self, dockerfiles: Iterable[PurePosixPath]) -> list[PurePosixPath | None]:
        """Find what the build of each Dockerfile reads its ignore rules from.

        https://docs.docker.com/build/concepts/context/#filename-and-location

        Args:
            dockerfiles: The Dockerfiles' paths from the root.

        Returns:
            A path for each, None where there is no such file.
        """
        return [self._ignore_file(dockerfile) for dockerfile in dockerfiles]

    def rules(self, ignore_file: PurePosixPath | None) -> IgnoreRules:
        """Read ignore rules.

        Args:
            ignore_file: The file's path from the root; None has no rules.

        Raises:
            UnusableFile: It cannot be read, or has a line that is no rule.
        """
        if ignore_file is None:
            return IgnoreRules()
        text = self.read(ignore_file).decode(errors="surrogateescape")
        return IgnoreRules.parse(text, path=self.shown(ignore_file))

    def _ignore_file(self, dockerfile: PurePosixPath) -> PurePosixPath | None:
        own = dockerfile.with_name(f"{dockerfile.name}.dockerignore")
        candidates = (own, PurePosixPath(".dockerignore"))
        return next((path for path in candidates if (self.root / path).is_file()), None)

    def _refuse(self, name: str, cause: str, remedy: str) -> NoReturn:
        raise UnusableFile(
            f"the Dockerfile {name!r} of the build context {self._directory!r} cannot be "
            f"rewritten: {cause}\n  help: {remedy}"
        )
