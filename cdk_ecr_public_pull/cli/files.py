"""Which files are Dockerfiles, and how they are read and replaced."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cdk_ecr_public_pull.errors import UnusableFile

STDIN = "-"
# BuildKit falls back to `dockerfile`; editors and people write the others in any case.
_DOCKERFILE = re.compile(
    r"(?:dockerfile|containerfile)(?:\..+)?|.+\.(?:dockerfile|containerfile)", re.IGNORECASE
)
_IGNORE_FILE = ".dockerignore"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """A file that was read.

    Attributes:
        path: Where it is.
        content: Its bytes.
        status: Its metadata when it was read, to see later whether it changed since;
            None for the standard input.
    """

    path: Path
    content: bytes
    status: os.stat_result | None


def find_dockerfiles(paths: Sequence[str], *, is_ignored: Callable[[Path], bool]) -> Iterator[str]:
    """Find the Dockerfiles that were asked for.

    Args:
        paths: Files, which are taken whatever they are called; folders, of which every
            Dockerfile is taken; or ``-`` for the standard input.
        is_ignored: Says of a file that it is not to be looked at.

    Yields:
        The files: as they were named, or as they were found below a folder, in order.

    Raises:
        UnusableFile: A path does not exist, or there is no Dockerfile in a folder.
    """
    for text in paths:
        path = Path(text)
        if text == STDIN:
            yield text
        elif path.is_dir():
            found = sorted(_in_folder(path))
            if not found:
                raise UnusableFile(
                    f"{text}: no Dockerfile in this folder; looked for Dockerfile, Dockerfile.*, "
                    "*.Dockerfile and the same with Containerfile"
                )
            yield from (name for name in found if not is_ignored(Path(name)))
        elif not os.path.lexists(path):
            raise UnusableFile(f"{text}: no such file or folder")
        elif not is_ignored(path):
            yield text


def is_dockerfile_name(name: str) -> bool:
    """Whether a file is called as Dockerfiles are.

    Args:
        name: The file's name, without its folder.
    """
    return bool(_DOCKERFILE.fullmatch(name)) and not name.lower().endswith(_IGNORE_FILE)


def read_file(path: Path) -> ReadFile:
    """Read a Dockerfile.

    Args:
        path: The file; a symbolic link is followed.

    Raises:
        UnusableFile: It cannot be read, is no ordinary file, or holds binary data.
    """
    try:
        # Opening a pipe would wait for somebody to write to it.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:  # noqa: PTH123  (a descriptor has no path)
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise UnusableFile(f"{path}: is not an ordinary file")
            content = file.read()
    except OSError as error:
        raise UnusableFile(f"{path}: cannot be read: {error.strerror}") from None
    if b"\0" in content:
        raise UnusableFile(f"{path}: is a binary file, not a Dockerfile")
    return ReadFile(path=path, content=content, status=status)


def check_replaceable(path: Path) -> None:
    """Check, before anything is written, that a file may be replaced.

    Args:
        path: The file.

    Raises:
        UnusableFile: It is a symbolic link, or it is read-only.
    """
    if path.is_symlink():
        raise UnusableFile(
            f"{path}: is a symbolic link to {path.resolve()}; it is not changed.\n"
            "  help: name that file itself"
        )
    # os.access would say yes to root, who does not mean to change it either.
    if not path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        raise UnusableFile(f"{path}: is read-only; it is not changed.\n  help: chmod u+w it first")


def replace_file(read: ReadFile, content: bytes) -> None:
    """Put new content in the place of a file, all of it or nothing.

    Args:
        read: The file as it was read; its permissions are kept.
        content: The new content.

    Raises:
        UnusableFile: It may not be replaced, or it has changed since it was read.
    """
    path, status = read.path, read.status
    temporary: str | None = None
    if status is None:
        raise UnusableFile(f"{path}: is not a file")
    try:
        check_replaceable(path)
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with open(descriptor, "wb") as file:  # noqa: PTH123  (a descriptor has no path)
            file.write(content)
            file.flush()
            os.fchmod(descriptor, stat.S_IMODE(status.st_mode))
            with suppress(PermissionError):
                os.fchown(descriptor, status.st_uid, status.st_gid)
            os.fsync(descriptor)
        if _identity(os.lstat(path)) != _identity(status):
            raise UnusableFile(f"{path}: has changed since it was read; it is left as it is")
        os.replace(temporary, path)  # noqa: PTH105  (mkstemp gives a name)
        temporary = None
    except OSError as error:
        raise UnusableFile(f"{path}: cannot be written: {error.strerror}") from None
    finally:
        if temporary is not None:
            with suppress(OSError):
                os.unlink(temporary)  # noqa: PTH108  (mkstemp gives a name)


def _identity(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _in_folder(folder: Path) -> Iterator[str]:
    tracked = _known_to_git(folder)
    if tracked is not None:
        for name in tracked:
            path = folder / name
            if is_dockerfile_name(path.name) and path.is_file():
                yield path.as_posix()
        return
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != ".git")
        for name in names:
            path = Path(parent, name)
            if is_dockerfile_name(name) and path.is_file():
                yield path.as_posix()


def _known_to_git(folder: Path) -> set[str] | None:
    """The files below a folder that git tracks, or does not ignore; None outside a checkout."""
    try:
        answer = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=folder,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        return None
    if answer.returncode != 0:
        return None
    return {os.fsdecode(name) for name in answer.stdout.split(b"\0") if name}
