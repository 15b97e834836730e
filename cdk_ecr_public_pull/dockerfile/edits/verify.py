"""The proof that a rewrite moves its pulls, and changes nothing else.

There are two witnesses: the pulls of the new bytes, and dockerfile-parse, which knows nothing
of this package. It is wrong about heredocs and some more, but before and after alike.
"""

from __future__ import annotations

import io
from itertools import repeat

from cdk_ecr_public_pull.dockerfile.parser.source_text import Text
from cdk_ecr_public_pull.dockerfile.stages.graph import Use
from cdk_ecr_public_pull.report.edit import in_order

# As in typing, whose import would make every start slower.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from cdk_ecr_public_pull.dockerfile.edits.plan import Decision
    from cdk_ecr_public_pull.dockerfile.stages.places import Analysis
    from cdk_ecr_public_pull.report.edit import Edit

# dockerfile-parse gathers a continuation line by line, in quadratic time.
_LONGEST_SHOWN = 100
_SMALL = 16_384


def is_relocation(before: Analysis, decisions: Sequence[Decision], after: Analysis) -> bool:
    """Whether the pulls of a changed file are the old ones, moved, and nothing else changed.

    Args:
        before: The file as it was.
        decisions: What was to be done about each of its pulls, in their order.
        after: The file as it is.
    """
    expected = [
        (str(d.resolution.replacement.with_default_tag()), *_place(use))
        if d.is_mended and d.resolution.replacement
        else (str(image), *_place(use))
        for d, (use, image) in zip(decisions, before.pulls, strict=True)
    ]
    found = [(str(image), *_place(use)) for use, image in after.pulls]
    return (
        expected == found
        and list(map(_place, before.graph.uses)) == list(map(_place, after.graph.uses))
        and list(map(_place, before.unknown)) == list(map(_place, after.unknown))
        and after.refusal is None
    )


def _place(use: Use) -> tuple[object, ...]:
    """What must be the same of a place before and after, besides the image's name."""
    stage, state = use.stage, use.state
    return (
        use.via,
        use.unresolved,
        stage.index if stage else None,
        stage.name if stage else None,
        len(use.users),
        state.index if state else None,
        state.base.index if state and state.base else None,
    )


def changed_args(before: Analysis, after: Analysis) -> frozenset[str]:
    """The variables of the FROM lines whose values differ between two versions of a file."""
    if not before.has_args:
        return frozenset()
    old, new = before.args, after.args
    return frozenset(
        name for name in old.missing if _chars(old.values.get(name)) != _chars(new.values.get(name))
    )


def _chars(value: Text | None) -> str | None:
    return None if value is None else value.chars


def is_witnessed(before: bytes, after: bytes, edits: Iterable[Edit]) -> bool:
    """Whether dockerfile-parse finds the same instructions in a file before and after changes.

    They must be on the same lines, and their values must be the same but for the changes.

    Args:
        before: The file as it was.
        after: The file as it is.
        edits: The changes, none of which takes or makes a line.
    """
    grown: dict[int, int] = {}
    line = position = 0
    for edit in in_order(edits):
        line += before.count(b"\n", position, edit.start)
        position = edit.start
        grown[line] = grown.get(line, 0) + len(edit.replacement) - (edit.end - edit.start)
    if before.count(b"\n") != after.count(b"\n"):
        return False
    if len(before) > _SMALL:
        before, after, grown = _without_long_continuations(before, after, grown)
    old, new = _structure(before), _structure(after)
    return len(old) == len(new) and all(map(_is_same, old, new, repeat(grown)))


def _is_same(old: Mapping[str, Any], new: Mapping[str, Any], grown: Mapping[int, int]) -> bool:
    if any(old[key] != new[key] for key in ("instruction", "startline", "endline")):
        return False
    lines = range(old["startline"], old["endline"] + 1)
    growth = [grown[line] for line in lines if line in grown]
    if not growth:
        return bool(old["value"] == new["value"])
    return len(new["value"]) - len(old["value"]) == sum(growth)


def _structure(content: bytes) -> Sequence[Mapping[str, Any]]:
    # Only a changed file needs it, and the import takes time.
    from dockerfile_parse import DockerfileParser  # noqa: PLC0415

    try:
        content.decode()
    except UnicodeDecodeError:
        # It reads nothing else: so each byte becomes a letter.
        content = content.decode("latin-1").encode()
    structure: Sequence[Mapping[str, Any]] = DockerfileParser(fileobj=io.BytesIO(content)).structure
    return structure


def _without_long_continuations(
    before: bytes, after: bytes, grown: Mapping[int, int]
) -> tuple[bytes, bytes, dict[int, int]]:
    """Leave out lines of long continuations in which nothing changes, of both versions alike."""
    old, new = list[bytes](), list[bytes]()
    moved: dict[int, int] = {}
    length = 0
    for index, lines in enumerate(zip(before.split(b"\n"), after.split(b"\n"), strict=True)):
        is_continued = lines[0].rstrip(b" \t\r").endswith((b"\\", b"`"))
        length = length + 1 if is_continued else 0
        if index in grown:
            moved[len(old)] = grown[index]
        elif length > _LONGEST_SHOWN:
            continue
        old.append(lines[0])
        new.append(lines[1])
    return b"\n".join(old), b"\n".join(new), moved
