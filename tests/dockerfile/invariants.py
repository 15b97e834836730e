"""What holds for every file, Dockerfile or not; the properties and the fuzzer check it."""

from __future__ import annotations

from collections import Counter
from unittest.mock import patch

from cdk_ecr_public_pull.dockerfile import contexts, source
from cdk_ecr_public_pull.dockerfile import rewrite as rewriting
from cdk_ecr_public_pull.dockerfile.analysis import Analysis, Conditions, analyse
from cdk_ecr_public_pull.dockerfile.contexts import plan_contexts
from cdk_ecr_public_pull.dockerfile.directives import find_escape
from cdk_ecr_public_pull.dockerfile.instruction import Instruction
from cdk_ecr_public_pull.dockerfile.instructions import parse_instruction
from cdk_ecr_public_pull.dockerfile.parsed import Copy, Other, Run
from cdk_ecr_public_pull.dockerfile.platforms import DEFAULT_PLATFORM
from cdk_ecr_public_pull.dockerfile.pulls import find_pulls
from cdk_ecr_public_pull.dockerfile.refusal import Refusal
from cdk_ecr_public_pull.dockerfile.rewrite import Rewrite, check_dockerfile, rewrite_dockerfile
from cdk_ecr_public_pull.dockerfile.scan import scan_plain
from cdk_ecr_public_pull.dockerfile.stages import StageGraph, State, Step
from cdk_ecr_public_pull.dockerfile.steps import refused_steps
from cdk_ecr_public_pull.images.mirrors import Mirrors
from cdk_ecr_public_pull.report.finding import Finding
from cdk_ecr_public_pull.report.formats.text import render
from cdk_ecr_public_pull.report.locations import Locations
from cdk_ecr_public_pull.report.rules import Rule

_CONDITIONS = Conditions(build_args={}, target=None, platform=DEFAULT_PLATFORM)


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
    check_shortcuts(content, rewrite)


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

    The pulls behind a stage whose base only a build argument tells are among them.
    """
    before, after = (
        analyse(text, _CONDITIONS, lenient=True) for text in (content, rewrite.content)
    )
    if any(not refusal.missing_args for refusal in before.refusals):
        assert rewrite.edits == ()
    assert len(before.refusals) == len(after.refusals)
    assert _places(before) == _places(after)
    moved = 0
    for (_, old), (_, new) in zip(before.pulls, after.pulls, strict=True):
        if new != old:
            moved += 1
            assert new == Mirrors().resolve(old).replacement
    assert moved or not rewrite.edits


def _places(analysis: Analysis) -> list[object]:
    reachable = analysis.reachable()
    return [
        (
            use.via,
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


def check_shortcuts(content: bytes, rewrite: Rewrite) -> None:
    """Hold that the quick ways for usual files give what the long way gives."""
    checked, found = check_dockerfile(content), find_pulls(content)
    planned = plan_contexts(content)
    with patch.object(contexts, "contexts_quickly", return_value=None):
        assert plan_contexts(content) == planned
    with patch.object(rewriting, "rewrite_quickly", return_value=None):
        assert rewrite_dockerfile(content) == rewrite
        assert check_dockerfile(content) == checked
        with patch.object(source, "scan_plain", return_value=None):
            assert rewrite_dockerfile(content) == rewrite
            assert check_dockerfile(content) == checked
            assert find_pulls(content) == found
    check_scan(content)


def check_scan(content: bytes) -> None:
    """Hold that the quick finder of instructions leaves out nothing that matters."""
    try:
        if not content or find_escape(content) != "\\":
            return
    except Refusal:
        return
    plain = scan_plain(content)
    if plain is None:
        return
    left_out = source.cut_instructions(content, "\\")
    for instruction in plain:
        while left_out and not _same(left_out[0], instruction, content):
            _check_uninteresting(left_out.pop(0))
        assert left_out, f"not among the instructions: {instruction}"
        del left_out[0]
    for instruction in left_out:
        _check_uninteresting(instruction)


def _same(one: Instruction, other: Instruction, content: bytes) -> bool:
    return (
        one.text.chars == other.text.chars
        and list(one.text.offsets) == list(other.text.offsets)
        and content.count(b"\n", 0, one.start) == content.count(b"\n", 0, other.start)
    )


def _check_uninteresting(instruction: Instruction) -> None:
    parsed = parse_instruction(instruction.text, start=instruction.start, escape="\\")
    assert isinstance(parsed, Other | Run | Copy), instruction
    if isinstance(parsed, Run):
        assert not any(parsed.sources)
    if isinstance(parsed, Copy):
        assert parsed.source is None
    state = State("scratch", 0, 0, None, [Step(parsed, instruction.start)])
    assert list(refused_steps(StageGraph(states=[state]), None)) == []
