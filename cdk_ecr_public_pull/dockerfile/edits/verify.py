"""The proof that a rewrite moves its pulls, and changes nothing else.

There are two witnesses: the pulls of the new bytes, and dockerfile-parse, which knows nothing
of this package. It is wrong about heredocs and some more, but before and after alike.
"""

from __future__ import annotations

import io
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import repeat, zip_longest
from typing import TYPE_CHECKING

from cdk_ecr_public_pull.dockerfile.instructions.parse import is_instruction
from cdk_ecr_public_pull.dockerfile.parser.source_text import Text
from cdk_ecr_public_pull.dockerfile.stages.graph import Use
from cdk_ecr_public_pull.report.edit import in_order

if TYPE_CHECKING:
    from typing import Any

    from cdk_ecr_public_pull.dockerfile.edits.plan import Decision
    from cdk_ecr_public_pull.dockerfile.stages.places import Analysis
    from cdk_ecr_public_pull.report.edit import Edit

# How many lines at the top may be directives.
_DIRECTIVES = 3


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
    old, new, none = before.args.values, after.args.values, Text("", ())
    names = before.args.missing
    return frozenset(it for it in names if old.get(it, none).chars != new.get(it, none).chars)


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
    old_lines, new_lines = before.split(b"\n"), after.split(b"\n")
    pairs = enumerate(zip_longest(old_lines, new_lines))
    if any(old != new and number not in grown for number, (old, new) in pairs):
        return False
    # What dockerfile-parse makes of a line depends on the one before it and on the directives.
    # The other lines are the same anyway, and a long continuation would take it quadratic time.
    shown = {line for changed in grown for line in (changed - 1, changed, changed + 1)}
    if before.lstrip().startswith(b"#"):
        shown.update(range(_DIRECTIVES))
    old, new = (_structure(lines, shown) for lines in (old_lines, new_lines))
    numbers = {line: number for number, line in enumerate(sorted(it for it in shown if it >= 0))}
    growth = {numbers[line]: length for line, length in grown.items()}
    return len(old) == len(new) and all(map(_is_same, old, new, repeat(growth)))


def _is_same(old: Mapping[str, Any], new: Mapping[str, Any], grown: Mapping[int, int]) -> bool:
    if any(old[key] != new[key] for key in ("startline", "endline")):
        return False
    lines = range(old["startline"], old["endline"] + 1)
    growth = [grown[line] for line in lines if line in grown]
    # Behind a blank line in a continuation it takes the changed word for an instruction's name.
    names = (old["instruction"], new["instruction"])
    if names[0] != names[1] and (not growth or any(map(_means_something, names))):
        return False
    if not growth:
        return bool(old["value"] == new["value"])
    return _length(new) - _length(old) == sum(growth)


def _means_something(name: str) -> bool:
    return name == "COMMENT" or is_instruction(name)


def _length(item: Mapping[str, Any]) -> int:
    return len(item["instruction"]) + len(item["value"])


def _structure(lines: Iterable[bytes], shown: Container[int]) -> Sequence[Mapping[str, Any]]:
    from dockerfile_parse import DockerfileParser  # noqa: PLC0415  (only a changed file needs it, and the import takes time)

    part = b"\n".join(line for number, line in enumerate(lines) if number in shown)
    try:
        part.decode()
    except UnicodeDecodeError:
        # It reads nothing else: so each byte becomes a letter.
        part = part.decode("latin-1").encode()
    structure: Sequence[Mapping[str, Any]] = DockerfileParser(fileobj=io.BytesIO(part)).structure
    return structure
