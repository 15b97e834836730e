"""What holds for every file, Dockerfile or not; the properties and the fuzzer check it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from unittest.mock import patch

from cdk_ecr_public_pull.dockerfile.expansion.heredocs import find_heredocs
from cdk_ecr_public_pull.dockerfile.instructions.nodes import Arg, Copy, Other, Run
from cdk_ecr_public_pull.dockerfile.instructions.parse import parse_instruction
from cdk_ecr_public_pull.dockerfile.instructions.parsed_dockerfile import ParsedDockerfile
from cdk_ecr_public_pull.dockerfile.named_contexts import plan_contexts
from cdk_ecr_public_pull.dockerfile.parser import reader
from cdk_ecr_public_pull.dockerfile.parser.directives import find_escape
from cdk_ecr_public_pull.dockerfile.parser.reader import Instruction, read_instructions
from cdk_ecr_public_pull.dockerfile.parser.skippable import blanks
from cdk_ecr_public_pull.dockerfile.parser.source_text import BuildError
from cdk_ecr_public_pull.dockerfile.pulls import find_pulls
from cdk_ecr_public_pull.dockerfile.rewrite import Rewrite, check_dockerfile, rewrite_dockerfile
from cdk_ecr_public_pull.dockerfile.stages.analyze import analyze
from cdk_ecr_public_pull.dockerfile.stages.graph import StageGraph, State, Step
from cdk_ecr_public_pull.dockerfile.stages.places import Analysis, Conditions
from cdk_ecr_public_pull.dockerfile.stages.unbuildable import build_errors
from cdk_ecr_public_pull.images.mirrors import Mirrors
from cdk_ecr_public_pull.images.reference import ImageReference
from cdk_ecr_public_pull.report.finding import Finding
from cdk_ecr_public_pull.report.formats.text import render
from cdk_ecr_public_pull.report.locations import Locations
from cdk_ecr_public_pull.report.rules import Rule


def check_everything(content: bytes) -> None:
    """Hold all that must hold for a file.

    Args:
        content: Any bytes.
    """
    rewrite = rewrite_dockerfile(content)
    check_bytes(content, rewrite)
    check_relocation(content, rewrite)
    check_findings(content, rewrite)
    again = rewrite_dockerfile(rewrite.content)
    assert (again.content, again.edits) == (rewrite.content, ())
    check_skipping(content, rewrite)
    check_reading_again(content, rewrite)
    # The digests of a file may be moved, too.
    unsafe = rewrite_dockerfile(content, unsafe_fixes=True)
    check_bytes(content, unsafe)
    check_relocation(content, unsafe)


def check_bytes(content: bytes, rewrite: Rewrite) -> None:
    """Hold that the bytes outside the edits are the old ones, and that no edits overlap."""
    position, rebuilt = 0, b""
    for edit in rewrite.edits:
        assert position <= edit.start <= edit.end <= len(content)
        rebuilt += content[position : edit.start] + edit.replacement.encode("ascii")
        position = edit.end
    assert rewrite.content == rebuilt + content[position:]


def check_relocation(content: bytes, rewrite: Rewrite) -> None:
    """Hold that the new pulls are the old ones, each the same or at its copy.

    The pulls behind a stage whose base only a build argument tells are among them, and those of
    which it tells the tag.
    """
    files = (ParsedDockerfile(text) for text in (content, rewrite.content))
    before, after = (analyze(file, Conditions()) for file in files)
    if before.refusal is not None:
        assert rewrite.edits == ()
    assert len(before.errors) == len(after.errors)
    assert _places(before) == _places(after)
    moved = 0
    for (_, old), (_, new) in zip(before.pulls, after.pulls, strict=True):
        if new != old:
            moved += 1
            assert new == _copy_of(old)
    assert moved or not rewrite.edits


def _copy_of(image: ImageReference) -> ImageReference | None:
    copy = Mirrors().resolve(image).replacement
    return copy.with_default_tag() if copy is not None else None


def _places(analysis: Analysis) -> list[object]:
    reachable = analysis.reachable
    return [
        (
            use.via,
            use.unresolved,
            use.stage.index if use.stage else None,
            use.stage.name if use.stage else None,
            [(user.index, id(user) in reachable) for user in use.users],
        )
        for use, _ in analysis.pulls
    ]


def check_findings(content: bytes, rewrite: Rewrite) -> None:
    """Hold that check and fix say the same, at places that exist, in words that can be printed."""
    checked = check_dockerfile(content)
    edits = {finding.edit for finding in checked if finding.edit is not None}
    assert edits == set(rewrite.edits)
    left = Counter(_key(finding) for finding in rewrite.findings)
    told = Counter(_key(finding) for finding in checked if finding.edit is None)
    assert left == told
    locations = Locations(content)
    for finding in checked:
        assert render(finding, locations).replace("\n", "").isprintable()
        start = (finding.line, finding.column)
        assert (1, 1) <= start <= (finding.end_line, finding.end_column)
        assert finding.column <= len(locations.line(finding.line)) + 1
        assert finding.end_column <= len(locations.line(finding.end_line)) + 1


def _key(finding: Finding) -> tuple[Rule, int, int, str, str]:
    return finding.rule, finding.line, finding.column, finding.message, finding.help


def check_skipping(content: bytes, rewrite: Rewrite) -> None:
    """Hold that what is skipped changes nothing, and would be read as nothing that matters."""
    checked, found, planned = (
        check_dockerfile(content),
        find_pulls(content),
        plan_contexts(content),
    )
    with patch.object(reader, "skippable", lambda *_: blanks()):
        assert rewrite_dockerfile(content) == rewrite
        assert check_dockerfile(content) == checked
        assert find_pulls(content) == found
        assert plan_contexts(content) == planned
    try:
        escape = find_escape(content)
        left_out = read_instructions(content, escape, find_heredocs, skip=False)
    except BuildError:
        return
    for instruction in read_instructions(content, escape, find_heredocs):
        while left_out and not _is_same(left_out[0], instruction):
            _check_uninteresting(left_out.pop(0), escape)
        assert left_out, f"not among the instructions: {instruction.command.word}"
        del left_out[0]
    for instruction in left_out:
        _check_uninteresting(instruction, escape)


def _is_same(one: Instruction, other: Instruction) -> bool:
    return (
        (one.start, one.end, one.command.word) == (other.start, other.end, other.command.word)
        and one.command.arguments.chars == other.command.arguments.chars
        and list(one.command.arguments.offsets) == list(other.command.arguments.offsets)
    )


def _check_uninteresting(instruction: Instruction, escape: str) -> None:
    node = parse_instruction(instruction, escape)
    assert type(node) in (Arg, Other, Run, Copy)
    if isinstance(node, Run):
        assert not node.sources
    if isinstance(node, Copy):
        assert node.source is None
    state = State("scratch", 0, index=0)
    state.steps.append(Step(node, instruction.start, 1))
    graph = StageGraph()
    graph.escape = escape
    graph.add(state)
    assert list(build_errors(graph, {id(state)}, ())) == []


def check_reading_again(content: bytes, rewrite: Rewrite) -> None:
    """Hold that the changed instructions, read alone, are what the changed file has."""
    file = ParsedDockerfile(content)
    if rewrite.edits and not analyze(file, Conditions()).is_foreign:
        assert file.nodes
        edited = file.edited(rewrite.content, rewrite.edits)
        assert _shape(edited.nodes) == _shape(ParsedDockerfile(rewrite.content).nodes)


# Where a part of a file stands: behind a change, what is not read again keeps its old places.
_PLACES = {"start", "end", "offset", "offsets", "place"}


def _shape(part: object) -> object:
    """A part of a file as plain data, to be compared."""
    if part is None or isinstance(part, str):
        return part
    if isinstance(part, Mapping):
        return {name: _shape(value) for name, value in part.items()}
    if isinstance(part, Sequence):
        return list(map(_shape, part))
    if isinstance(part, BuildError):
        return part.message
    names = {name for each in type(part).__mro__ for name in getattr(each, "__slots__", ())}
    return type(part), {name: _shape(getattr(part, name)) for name in names - _PLACES}
