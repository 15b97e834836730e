"""The files of a git checkout."""

# Without pathlib, whose import takes longer than to check a file.
# ruff: noqa: PTH118
from __future__ import annotations

import os
import subprocess

from cdk_ecr_public_pull.printable import escape_controls

_SUBMODULE = "160000"
# Set while git runs a hook; they would lead to that repository from any folder.
_OF_A_HOOK = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX")


class GitFailed(Exception):
    """Git cannot list the files of a folder; the message is the cause."""


def list_files(folder: str) -> list[str]:
    """List the files below a folder that git tracks, or does not ignore.

    Submodules, and other checkouts in this one, are listed by their own rules.

    Args:
        folder: A folder of a checkout.

    Returns:
        The files, relative to the folder, in no order; files may be missing on disk.

    Raises:
        GitFailed: There is no git, or it refuses.
    """
    files: list[str] = []
    inner: list[str] = []
    for entry in _run(folder, "--cached", "--stage"):
        mode_and_object, _, name = entry.partition("\t")
        if mode_and_object.startswith(_SUBMODULE):
            inner.append(name)
        else:
            files.append(name)
    for name in _run(folder, "--others", "--exclude-standard"):
        if name.endswith("/"):
            inner.append(name.rstrip("/"))
        else:
            files.append(name)
    for name in inner:
        path = os.path.join(folder, name)
        # One that was not initialised has no files, and git would answer for the outer one.
        if os.path.lexists(os.path.join(path, ".git")):
            files += [f"{name}/{below}" for below in list_files(path)]
    return files


def _run(folder: str, *options: str) -> list[str]:
    environment = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
    try:
        answer = subprocess.run(
            ["git", "ls-files", "-z", *options],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise GitFailed(f"git cannot be run: {error.strerror}") from None
    if answer.returncode != 0:
        first, *_ = os.fsdecode(answer.stderr).strip().split("\n")
        raise GitFailed(f"git cannot list this folder: {escape_controls(first)}")
    return [os.fsdecode(name) for name in answer.stdout.split(b"\0") if name]
