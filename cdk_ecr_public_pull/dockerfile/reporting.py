"""The findings about a Dockerfile, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cdk_ecr_public_pull.dockerfile.analysis import Analysis
from cdk_ecr_public_pull.dockerfile.decisions import Decision
from cdk_ecr_public_pull.dockerfile.edits import Edit
from cdk_ecr_public_pull.dockerfile.findings import Finding, Rule, RuleSettings, is_ignored
from cdk_ecr_public_pull.dockerfile.instructions import Arg
from cdk_ecr_public_pull.dockerfile.plan import Move, Obstacle
from cdk_ecr_public_pull.dockerfile.positions import Position, Positions, Span, span_of
from cdk_ecr_public_pull.dockerfile.pulls import Pull, describe_refusal
from cdk_ecr_public_pull.dockerfile.refusal import Refusal
from cdk_ecr_public_pull.dockerfile.stages import Via
from cdk_ecr_public_pull.images.mirrors import Verdict

_OFFICIAL = "public.ecr.aws/docker/library/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """Writes the findings about one file.

    Attributes:
        path: The file, as it was named.
        positions: The file.
        settings: The rules' severities.
    """

    path: str
    positions: Positions
    settings: RuleSettings

    def wants(self, rule: Rule, line: int) -> bool:
        """Whether a rule is on, and not ignored at a line."""
        return self.settings.severity(rule) is not None and not is_ignored(
            rule, line, self.positions
        )

    def refused(self, refusal: Refusal) -> tuple[Finding, ...]:
        """The one finding about a file that BuildKit refuses."""
        error = describe_refusal(refusal, self.positions)
        start = Position(line=error.line, column=error.column)
        end = Position(line=error.line, column=len(self.positions.line(error.line)) + 1)
        text = f"BuildKit refuses this file: {error.message}"
        remedy = "mend this line; nothing is changed before the file builds"
        return self._finding(Rule.INVALID_DOCKERFILE, start, end, text, remedy)

    def findings(
        self, decisions: Sequence[Decision], analysis: Analysis, changed_args: frozenset[str]
    ) -> tuple[Finding, ...]:
        """All findings about a file that BuildKit accepts, in its order.

        Args:
            decisions: What is done about each pull.
            analysis: The file.
            changed_args: The variables of the FROM lines whose values change.
        """
        found: list[Finding] = []
        for decision in decisions:
            found += self._about(decision)
        for refusal in analysis.refusals:
            found += self._needs_build_arg(refusal)
        found += self._reached(analysis, changed_args)
        return tuple(sorted(found, key=lambda finding: (finding.line, finding.column)))

    def without_mended(
        self, findings: Sequence[Finding], mended: set[int]
    ) -> tuple[Finding, ...]:
        """The findings that remain when the changes are made.

        Args:
            findings: The findings.
            mended: The first bytes of the words whose pulls are moved.
        """
        places = {self.positions.at(start) for start in mended}
        return tuple(
            finding
            for finding in findings
            if finding.rule is not Rule.DOCKER_HUB_PULL
            or Position(line=finding.line, column=finding.column) not in places
        )

    def _about(self, decision: Decision) -> Iterator[Finding]:
        pull, resolution = decision.pull, decision.resolution
        name, reason = pull.image.familiar, resolution.reason
        match resolution.verdict:
            case Verdict.MIRRORED:
                yield from self._mirrored(decision)
            case Verdict.WITHDRAWN:
                text = f"{name} is gone: {reason}"
                remedy = "pull another image, or name a copy of it under mirrors"
                yield from self._at(pull, Rule.WITHDRAWN_IMAGE, text, remedy)
            case Verdict.NO_MIRROR | Verdict.UNKNOWN if pull.via is Via.SYNTAX:
                text = f"the syntax image {name} is pulled from Docker Hub, and has no known copy"
                remedy = "remove the line, so that the frontend built into BuildKit is used"
                yield from self._at(pull, Rule.SYNTAX_FRONTEND, text, remedy)
            case Verdict.NO_MIRROR:
                text = f"{name} is pulled from Docker Hub: {reason}"
                remedy = f'copy it to a registry of yours, and name that under mirrors: {_key(pull)} = "…"'
                yield from self._at(pull, Rule.NO_MIRROR, text, remedy)
            case Verdict.UNKNOWN:
                text = f"{name} may be pulled from Docker Hub: {reason}"
                remedy = (
                    f"if the build's own engine has it, add {_key(pull)} to local_images; "
                    f'if a registry has it, name that under mirrors: {_key(pull)} = "…"'
                )
                yield from self._at(pull, Rule.UNKNOWN_IMAGE, text, remedy)

    def _mirrored(self, decision: Decision) -> Iterator[Finding]:
        pull, copy, move = decision.pull, decision.resolution.replacement, decision.move
        if move is None or copy is None:
            return
        name = pull.image.familiar
        text = f"{name} is pulled from Docker Hub"
        remedy = f"pull {copy}"
        if move.obstacle is not None:
            rule, cause, what_to_do = _explain(move, decision)
            if rule is not None:
                yield from self._at(pull, rule, cause, what_to_do)
            else:
                remedy = what_to_do
        yield from self._at(pull, Rule.DOCKER_HUB_PULL, text, remedy, move.edit)
        if pull.image.digest:
            text = f"the digest of {name} may not exist on {copy.registry}"
            remedy = f"check that {copy.name}@{copy.digest} exists; copies were seen to differ"
            yield from self._at(pull, Rule.DIGEST_PIN, text, remedy)

    def _needs_build_arg(self, refusal: Refusal) -> tuple[Finding, ...]:
        error = describe_refusal(refusal, self.positions)
        start = Position(line=error.line, column=error.column)
        end = Position(line=error.line, column=len(self.positions.line(error.line)) + 1)
        names = ", ".join(refusal.missing_args)
        text = f"only a build argument tells what is pulled here: {names} has no value"
        remedy = (
            f"give ARG {refusal.missing_args[0]} a default, "
            f"or pass a copy's name, such as {_OFFICIAL}node:21, with --build-arg"
        )
        return self._finding(Rule.NEEDS_BUILD_ARG, start, end, text, remedy)

    def _reached(self, analysis: Analysis, changed: frozenset[str]) -> Iterator[Finding]:
        steps = [step for stage in analysis.graph.stages for step in stage.steps] if changed else []
        for step in steps:
            if not isinstance(step.parsed, Arg):
                continue
            for name, default in step.parsed.defaults:
                if default is None and name.chars in changed:
                    span = span_of(name)
                    text = f"this stage reads ARG {name.chars}, and its default changes"
                    remedy = "see whether a command of the stage depends on the old value"
                    yield from self._finding(
                        Rule.ARG_REACHES_STAGE, *self._ends(span), text, remedy
                    )

    def _at(
        self, pull: Pull, rule: Rule, message: str, remedy: str, edit: Edit | None = None
    ) -> tuple[Finding, ...]:
        return self._finding(rule, *self._ends(pull.span), message, remedy, edit)

    def _ends(self, span: Span) -> tuple[Position, Position]:
        return self.positions.at(span.start), self.positions.at(span.end)

    def _finding(
        self,
        rule: Rule,
        start: Position,
        end: Position,
        message: str,
        remedy: str,
        edit: Edit | None = None,
    ) -> tuple[Finding, ...]:
        severity = self.settings.severity(rule)
        if severity is None or not self.wants(rule, start.line):
            return ()
        finding = Finding(
            rule=rule,
            severity=severity,
            path=self.path,
            line=start.line,
            column=start.column,
            end_line=end.line,
            end_column=end.column,
            message=message,
            help=remedy,
            edit=edit,
        )
        return (finding,)


def _key(pull: Pull) -> str:
    """The image's repository as a key of the configuration."""
    tagless = pull.image.familiar.partition("@")[0]
    return f'"{tagless.removesuffix(f":{pull.image.tag}")}"'


def _explain(move: Move, decision: Decision) -> tuple[Rule | None, str, str]:
    """Why a pull is not moved: the rule of its own, if it has one, the cause, the remedy."""
    pull, copy = decision.pull, decision.resolution.replacement
    names = ", ".join(f"ARG {name}" for name in move.args)
    match move.obstacle:
        case Obstacle.GIVEN:
            return None, "", f"pass the copy's name as the build argument: {copy}"
        case Obstacle.PREFIX_FROM_ARG:
            return (
                Rule.NEEDS_BUILD_ARG,
                f"{names} can put a registry before this name, and is empty here",
                f"give {names} a default that ends in what the name needs, such as {_OFFICIAL}",
            )
        case Obstacle.ONBUILD:
            return (
                Rule.ONBUILD_AMBIGUOUS,
                f"{pull.written} is an image or a stage, as the Dockerfile on top decides",
                f"if the image is meant, write {copy}",
            )
        case Obstacle.SHARED_ARG:
            return (
                Rule.AMBIGUOUS_ARG,
                f"{names} is used in several places that need different values",
                "give each place an ARG of its own",
            )
        case Obstacle.SCATTERED:
            return (
                Rule.AMBIGUOUS_ARG,
                f"the repository's name is put together from several parts: {names}",
                f"let one ARG, or the word itself, hold it: {copy}",
            )
    return None, "", f"write {copy} by hand: the change could not be shown to be safe"
