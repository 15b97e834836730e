"""How files are read, and replaced."""

# Without pathlib, whose import takes longer than to check a file.
# ruff: noqa: PTH103, PTH105, PTH108, PTH114, PTH115, PTH120, PTH123
from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from typing import NamedTuple

from cdk_ecr_public_pull.discovery.dockerfiles import STDIN
from cdk_ecr_public_pull.errors import UnusableFile
from cdk_ecr_public_pull.printable import escape_controls

_ANY_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_MODE_OF_NEW_FILES = 0o644


class ReadFile(NamedTuple):
    """A file that was read.

    Attributes:
        name: The file, as it was named; ``-`` is the standard input.
        content: Its bytes.
        status: Its metadata when it was read, to see later whether it changed since;
            None for the standard input.
    """

    name: str
    content: bytes
    status: os.stat_result | None


def read_file(name: str) -> ReadFile:
    """Read a Dockerfile.

    Args:
        name: The file, or ``-`` for the standard input; a symbolic link is followed.

    Raises:
        UnusableFile: It cannot be read, is no ordinary file, or holds no text.
    """
    shown = escape_controls(name)
    status: os.stat_result | None = None
    try:
        if name == STDIN:
            content = _read_stdin()
        else:
            # Opening a pipe would wait for somebody to write to it.
            descriptor = os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                status = os.fstat(descriptor)
                if not stat.S_ISREG(status.st_mode):
                    raise UnusableFile(
                        f"{shown}: is not an ordinary file.\n"
                        "  help: send its content to the standard input, and name - instead"
                    )
                content = _read_all(descriptor, status.st_size)
            finally:
                os.close(descriptor)
    except FileNotFoundError:
        raise UnusableFile(f"{shown}: {_missing(name)}") from None
    except OSError as error:
        raise UnusableFile(f"{shown}: cannot be read: {error.strerror}") from None
    if content.startswith(_UTF_16):
        raise UnusableFile(f"{shown}: is text in UTF-16.\n  help: save it as UTF-8")
    if b"\0" in content:
        raise UnusableFile(f"{shown}: is a binary file, not a Dockerfile")
    return ReadFile(name=name, content=content, status=status)


def check_replaceable(name: str) -> None:
    """Check, before anything is written, that a file may be replaced.

    Args:
        name: The file.

    Raises:
        UnusableFile: It is a symbolic link, or it is read-only.
        OSError: It cannot be looked at.
    """
    shown = escape_controls(name)
    status = os.lstat(name)
    if stat.S_ISLNK(status.st_mode):
        target = escape_controls(os.path.realpath(name))
        raise UnusableFile(
            f"{shown}: is a symbolic link to {target}; it is not changed.\n"
            "  help: name that file itself"
        )
    # Root may write to a file without write permission, and does not mean to.
    if not status.st_mode & _ANY_WRITE or not os.access(name, os.W_OK):
        raise UnusableFile(
            f"{shown}: is read-only; it is not changed.\n"
            "  help: make it writable (chmod u+w), or run this as its owner"
        )


def replace_file(name: str, content: bytes, *, status: os.stat_result) -> None:
    """Put new content in the place of a file, all of it or nothing.

    The new content is written beside the file and then takes its name. Of a file with
    several hard links, the others keep the old content.

    Args:
        name: The file.
        content: The new content.
        status: The file's metadata when it was read; its mode is kept, and its owner if
            the system permits that.

    Raises:
        UnusableFile: It may not be replaced, or it has changed since it was read.
    """
    import signal  # noqa: PLC0415  (only a file that changes needs it, and every start would pay for its enums)

    shown = escape_controls(name)
    # Ctrl-C and an orderly end wait until nothing is left half done.
    old_mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        check_replaceable(name)
        _replace(name, content, status)
    except OSError as error:
        raise UnusableFile(
            f"{shown}: cannot be written: {error.strerror}; it is left as it is"
        ) from None
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, old_mask)


def create_file(name: str, content: bytes) -> None:
    """Make a file, all of it or nothing, and the folders above it.

    Args:
        name: The file, which is not there.
        content: Its content.

    Raises:
        UnusableFile: It cannot be made.
    """
    try:
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
        _replace(name, content, None)
    except OSError as error:
        raise UnusableFile(
            f"{escape_controls(name)}: cannot be written: {error.strerror}.\n"
            "  help: run this as a user who may write there"
        ) from None


def _replace(name: str, content: bytes, status: os.stat_result | None) -> None:
    import tempfile  # noqa: PLC0415  (slow to import, and needed only where a file changes)

    folder = os.path.dirname(name) or "."
    descriptor, temporary = tempfile.mkstemp(prefix=".ecr-public-pull-", dir=folder)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            if status is None:
                os.fchmod(descriptor, _MODE_OF_NEW_FILES)
            else:
                _keep_owner_and_mode(descriptor, status)
            os.fsync(descriptor)
        if status is not None:
            _check_unchanged(name, status)
        os.replace(temporary, name)
    except BaseException:
        os.unlink(temporary)
        raise


def _keep_owner_and_mode(descriptor: int, status: os.stat_result) -> None:
    new = os.fstat(descriptor)
    if (new.st_uid, new.st_gid) != (status.st_uid, status.st_gid):
        # Without the permission it becomes the user's who changes it, as with most editors.
        with suppress(PermissionError):
            os.fchown(descriptor, status.st_uid, status.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(status.st_mode))


def _check_unchanged(name: str, status: os.stat_result) -> None:
    if _identity(os.lstat(name)) != _identity(status):
        shown = escape_controls(name)
        raise UnusableFile(f"{shown}: has changed since it was read; it is left as it is")


def _identity(status: os.stat_result) -> tuple[int, ...]:
    # The time of the last change of status cannot be set back, as that of the content can.
    times = status.st_mtime_ns, status.st_ctime_ns
    return status.st_dev, status.st_ino, status.st_size, *times


def _missing(name: str) -> str:
    if os.path.islink(name):
        target = escape_controls(os.readlink(name))
        return f"is a symbolic link to {target}, which does not exist"
    return "no such file"


def _read_all(descriptor: int, size: int) -> bytes:
    # Without a buffered file object, whose making takes longer than the reading.
    parts = []
    while part := os.read(descriptor, size + 1):
        parts.append(part)
    return b"".join(parts)


def _read_stdin() -> bytes:
    if sys.stdin is None:
        raise UnusableFile("-: the standard input is closed")
    return sys.stdin.buffer.read()
