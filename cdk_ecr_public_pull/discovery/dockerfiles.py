"""Which files are meant: the Dockerfiles below folders, each file once."""

# Without pathlib, whose import takes longer than to check a file.
# ruff: noqa: PTH112, PTH114, PTH118, PTH120
from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from cdk_ecr_public_pull.printable import escape_controls

STDIN = "-"
# Compiled when a folder is first looked at.
_DOCKERFILE = r"(?is)(?:dockerfile|containerfile)(?:\..+)?|.+\.(?:dockerfile|containerfile)"
_IGNORE_FILE = ".dockerignore"


class FoundDockerfiles(NamedTuple):
    """The files that were asked for.

    Attributes:
        names: The files, as they were named or as they were found below a folder; each
            file once.
        unusable: What cannot be used, in words.
        warnings: What else should be known.
    """

    names: list[str]
    unusable: list[str]
    warnings: list[str]


def find_dockerfiles(
    paths: Sequence[str], *, is_ignored: Callable[[str], bool]
) -> FoundDockerfiles:
    """Find the Dockerfiles that were asked for.

    Args:
        paths: Files, which are taken whatever they are called; folders, of which every
            Dockerfile is taken; or ``-`` for the standard input.
        is_ignored: Says of a file that it is not to be looked at.

    Returns:
        The files, in the order of the paths, and below a folder in that of their names.
        Of a file and a symbolic link to it, the file is taken.
    """
    found = FoundDockerfiles(names=[], unusable=[], warnings=[])
    names: list[str] = []
    for path in paths:
        if path == STDIN:
            names.append(path)
        elif os.path.isdir(path):
            names += _in_folder(path, found)
        elif os.path.lexists(path):
            names.append(path)
        else:
            found.unusable.append(f"{escape_controls(path)}: no such file or folder")
    wanted = [name for name in names if name == STDIN or not is_ignored(name)]
    # Below one folder each name is another file, unless there are links.
    may_repeat = len(paths) > 1 or any(map(os.path.islink, wanted))
    found.names.extend(_each_once(wanted) if may_repeat else wanted)
    return found


def is_dockerfile_name(name: str) -> bool:
    """Whether a file is called as Dockerfiles are.

    Args:
        name: The file's name, without its folder.
    """
    return bool(re.fullmatch(_DOCKERFILE, name)) and not name.lower().endswith(_IGNORE_FILE)


def _each_once(names: Iterable[str]) -> Iterator[str]:
    folders: dict[str, str] = {}
    places: dict[str, str] = {}
    for name in names:
        folder, base = os.path.split(name)
        if folder not in folders:
            folders[folder] = os.path.realpath(folder)
        places.setdefault(os.path.join(folders[folder], base), name)
    done: set[str] = set()
    for place, name in places.items():
        target = os.path.realpath(place) if os.path.islink(place) else place
        is_done_elsewhere = target != place and target in places
        if target not in done and not is_done_elsewhere:
            done.add(target)
            yield name


def _in_folder(folder: str, found: FoundDockerfiles) -> list[str]:
    shown = escape_controls(folder)
    unusable = len(found.unusable)
    names = _listed_by_git(folder, found) if _is_in_checkout(folder) else None
    hint = ""
    if names is None:
        names = _walk(folder, found)
    else:
        hint = "\n  help: files that git ignores are looked at if they are named one by one"
    if not names and len(found.unusable) == unusable:
        found.unusable.append(
            f"{shown}: no Dockerfile in this folder; looked for Dockerfile, Dockerfile.*, "
            f"*.Dockerfile and the same with Containerfile{hint}"
        )
    parts = [part for part in folder.split("/") if part not in ("", ".")]
    prefix = ("/" if folder.startswith("/") else "") + "".join(f"{part}/" for part in parts)
    return [prefix + name for name in sorted(names)]


def _listed_by_git(folder: str, found: FoundDockerfiles) -> set[str] | None:
    from cdk_ecr_public_pull.discovery.git import GitFailed, list_files  # noqa: PLC0415  (the one to run git: only a folder in a checkout needs it)

    try:
        listed = list_files(folder)
    except GitFailed as error:
        found.warnings.append(
            f"{escape_controls(folder)}: {error}; files that git ignores are looked at too"
        )
        return None
    return {
        name
        for name in listed
        if is_dockerfile_name(name.rpartition("/")[2])
        # The index names files that are deleted, too.
        and os.path.lexists(path := os.path.join(folder, name))
        and not os.path.isdir(path)
    }


def _walk(folder: str, found: FoundDockerfiles) -> set[str]:
    def complain(error: OSError) -> None:
        shown = escape_controls(os.fsdecode(error.filename))
        found.unusable.append(f"{shown}: cannot be read: {error.strerror}")

    names: set[str] = set()
    for parent, folders, files in os.walk(folder, onerror=complain):
        folders[:] = [name for name in folders if name != ".git"]
        below = parent[len(folder) :].lstrip("/")
        prefix = f"{below}/" if below else ""
        names.update(prefix + name for name in files if is_dockerfile_name(name))
    return names


def _is_in_checkout(folder: str) -> bool:
    place = os.path.realpath(folder)
    while not os.path.lexists(os.path.join(place, ".git")):
        parent = os.path.dirname(place)
        if parent == place:
            return False
        place = parent
    return True
