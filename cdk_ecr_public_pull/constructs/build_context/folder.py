"""The files of a build context: which there are, their hash, and a copy of them."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from enum import Enum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from cdk_ecr_public_pull.constructs.build_context.dockerignore import IgnoreRules

_EXECUTE = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH


class EntryKind(Enum):
    """What an entry of a folder is; sockets and the like are in no build context."""

    FILE = b"file"
    FOLDER = b"folder"
    LINK = b"link"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextEntry:
    """One file, folder or symbolic link of a build context.

    Attributes:
        path: Its path from the context's root.
        origin: Where it is now.
        kind: What it is.
        content: Its new content; None if it keeps what it has.
    """

    path: PurePosixPath
    origin: Path
    kind: EntryKind
    content: bytes | None = None


def entries(
    root: Path,
    *,
    kept: Mapping[PurePosixPath, bytes],
    rules: Collection[IgnoreRules],
    outside: Path,
) -> list[ContextEntry]:
    """List a build context, sorted by path.

    Args:
        root: The folder, without symbolic links in its path.
        kept: Files that are there whatever the rules say, with their content.
        rules: The ignore rules of each build; what all of them leave out is left out.
        outside: A folder that is no part of the context even where it lies in it,
            without symbolic links in its path.

    Raises:
        OSError: A folder cannot be read.
    """
    named = [
        ContextEntry(path=path, origin=root / path, kind=EntryKind.FILE, content=content)
        for path, content in kept.items()
    ]
    walked = _Walk(root, rules, outside).below(root, PurePosixPath())
    others = [entry for entry in walked if entry.path not in kept]
    return sorted(named + others, key=lambda entry: entry.path)


@dataclass(frozen=True, slots=True)
class _Walk:
    root: Path
    rules: Collection[IgnoreRules]
    outside: Path

    def below(self, folder: Path, path: PurePosixPath) -> Iterator[ContextEntry]:
        with os.scandir(folder) as items:
            for item in items:
                yield from self._at(item, path / item.name)

    def _at(self, item: os.DirEntry[str], path: PurePosixPath) -> Iterator[ContextEntry]:
        kind, origin = _kind(item), Path(item.path)
        if kind is EntryKind.LINK:
            kind, origin = self._followed(origin)
        if kind is None or origin == self.outside:
            return
        if not self.rules or not all(each.ignores(path) for each in self.rules):
            yield ContextEntry(path=path, origin=origin, kind=kind)
        elif all(each.ignores_all_of(path) for each in self.rules):
            return
        if kind is EntryKind.FOLDER:
            yield from self.below(origin, path)

    def _followed(self, link: Path) -> tuple[EntryKind, Path]:
        """What a link becomes: as with CDK's own copies, one that leaves the folder is followed.

        In the copy it would lead elsewhere, and what it leads to would not be in the hash.
        """
        target = link.resolve()
        if target.is_relative_to(self.root) or self.root.is_relative_to(target):
            return EntryKind.LINK, link
        # A link in what it leads to could lead back: only one from the folder itself is followed.
        if target.is_dir() and link.is_relative_to(self.root):
            return EntryKind.FOLDER, target
        return (EntryKind.FILE, target) if target.is_file() else (EntryKind.LINK, link)


def _kind(item: os.DirEntry[str]) -> EntryKind | None:
    if item.is_symlink():
        return EntryKind.LINK
    if item.is_dir():
        return EntryKind.FOLDER
    return EntryKind.FILE if item.is_file() else None


def content_hash(context: Iterable[ContextEntry]) -> str:
    """Hash paths, contents, links, and which files may be executed, with SHA-256.

    Other permissions do not count: they differ from one checkout to the next.

    Args:
        context: The entries, sorted.

    Raises:
        OSError: A file cannot be read.
    """
    digest = hashlib.sha256()
    for entry in context:
        is_program = entry.kind is EntryKind.FILE and entry.origin.stat().st_mode & _EXECUTE
        fields = (
            entry.kind.value,
            b"x" if is_program else b"",
            os.fsencode(entry.path),
            _content(entry),
        )
        for field in fields:
            digest.update(b"%d:%s" % (len(field), field))
    return digest.hexdigest()


def _content(entry: ContextEntry) -> bytes:
    if entry.content is not None:
        return hashlib.sha256(entry.content).digest()
    if entry.kind is EntryKind.LINK:
        return os.fsencode(entry.origin.readlink())
    if entry.kind is EntryKind.FOLDER:
        return b""
    with entry.origin.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def copy(context: Iterable[ContextEntry], target: Path) -> None:
    """Copy a build context; the copy is there as a whole or not at all.

    Args:
        context: The entries, sorted.
        target: The new folder; one that is there already is taken to be the copy.

    Raises:
        OSError: A file cannot be read, or the copy cannot be written.
    """
    if target.exists():
        return
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".ecr-public-pull-") as temporary:
        new = Path(temporary, "context")
        new.mkdir()
        for entry in context:
            _copy_entry(entry, new / entry.path)
        new.rename(target)


def _copy_entry(entry: ContextEntry, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if entry.kind is EntryKind.LINK:
        target.symlink_to(entry.origin.readlink())
    elif entry.kind is EntryKind.FOLDER:
        target.mkdir()
    else:
        if entry.content is None:
            shutil.copyfile(entry.origin, target)
        else:
            target.write_bytes(entry.content)
        shutil.copymode(entry.origin, target)
