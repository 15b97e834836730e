"""The buildspec of a CDK project: taken from the user, read back, and merged."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import aws_cdk as cdk
import jsii
from aws_cdk import aws_codebuild as codebuild

from cdk_ecr_public_pull.builds.buildspec.merge import merge_login
from cdk_ecr_public_pull.builds.buildspec.read import parse_build_spec
from cdk_ecr_public_pull.constructs.codebuild.batch_images import with_copies
from cdk_ecr_public_pull.constructs.codebuild.build_spec_file import text_in_assembly
from cdk_ecr_public_pull.constructs.codebuild.structs import source_property
from cdk_ecr_public_pull.constructs.codebuild.token_text import TokenText
from cdk_ecr_public_pull.errors import InvalidBuildSpec, UnusableFile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cdk_ecr_public_pull.builds.buildspec.merge import MergedBuildSpec
    from cdk_ecr_public_pull.constructs.codebuild.existing_projects import ExistingProject
    from cdk_ecr_public_pull.images.mirrors import Mirrors

BuildSpecInput: TypeAlias = Mapping[str, object] | codebuild.BuildSpec | str | os.PathLike[str]
"""What a project takes as its buildspec; a text or path-like object names a local file."""

# "Max buildspec length is 25600": https://github.com/aws/aws-cdk/issues/30326
_LONGEST = 25_600

# What a buildspec is called in an error until its project's path is known.
_UNNAMED = "buildspec"


def to_build_spec(given: BuildSpecInput | None, *, project: str) -> codebuild.BuildSpec | None:
    """Make a CDK buildspec of what the user passed.

    Args:
        given: The user's buildspec. The path of a local file is taken from the
            working directory, as CDK takes the paths of assets. None is the one in the
            project's source.
        project: The project's path in the construct tree, for messages.

    Raises:
        InvalidBuildSpec: It is no buildspec.
        UnusableFile: The file cannot be read.
    """
    if given is None or isinstance(given, codebuild.BuildSpec):
        return given
    if isinstance(given, Mapping):
        return codebuild.BuildSpec.from_object(_plain_mapping(given))
    return codebuild.BuildSpec.from_object(_parsed_file(os.fspath(given), project))


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """A merge of the login into a project's buildspec, which is still to be made.

    Attributes:
        project: The project.
        commands: The commands that log in.
        mirrors: Where the copies of a batch's images are; None to leave these alone.
        source: The source that the project has, as its properties have it.
        given: What its buildspec says.
        merged: What it is to say, placeholders standing for the tokens.
        new: The text of that, or an ``Fn::Join`` that makes it.
    """

    project: ExistingProject
    commands: Sequence[str]
    mirrors: Mirrors | None
    source: Mapping[str, object]
    given: dict[str, object]
    merged: MergedBuildSpec
    new: object

    @property
    def adds_login(self) -> bool:
        """Whether the buildspec did not have the login before."""
        return self.commands[0].partition("\n")[0] not in json.dumps(self.given, default=str)

    def make(self) -> None:
        """Replace the buildspec in the project's ``CfnProject``.

        One that has all of it already is not touched, in letters or in meaning. Tokens
        stay tokens: a buildspec that has some is merged when the template is written,
        because CDK finds references to other stacks only in tokens that it resolves
        itself.
        """
        if self.merged.build_spec == self.given:
            return
        new = self.new
        if not isinstance(new, str):
            original = str(self.source["buildSpec"])
            lazy = _MergedAtSynth(original, self.commands, self.mirrors, self.project)
            new = cdk.Token.as_string(cdk.Lazy.uncached_any(lazy))
        self.project.resource.source = source_property({**self.source, "buildSpec": new})


def merge_into(
    project: ExistingProject, commands: Sequence[str], mirrors: Mirrors | None = None
) -> Merge:
    """Merge the login into a project's buildspec; a login that is there is left alone.

    Nothing is changed before the merge's ``make``.

    Args:
        project: The project.
        commands: The commands that log in.
        mirrors: Where the copies of the images are that the tasks of a batch run in; by
            default these stay.

    Raises:
        InvalidBuildSpec: It cannot be read at synth, or not be merged.
    """
    source = project.properties.get("source")
    if not isinstance(source, dict):
        raise _unreadable(project, "its source is a token")
    text = TokenText.of(project.build_spec)
    if text is None:
        cause = f"it is the token {json.dumps(project.build_spec)}"
        raise _unreadable(project, cause)
    in_assembly = text_in_assembly(project, text.with_placeholders)
    if in_assembly is not None:
        text = TokenText(parts=(in_assembly,), prefix=text.prefix)
    given = _parsed(text, project)
    merged = _merged(text, given, commands, mirrors, project)
    if in_assembly is not None and merged.build_spec != given:
        raise _out_of_reach(project.path)
    new = text.with_tokens(merged.build_spec)
    # How long the values of tokens are, nobody knows yet.
    if isinstance(new, str) and len(new) > _LONGEST and merged.build_spec != given:
        raise _too_long(project.path, before=len(text.with_placeholders), after=len(new))
    return Merge(
        project=project,
        commands=commands,
        mirrors=mirrors,
        source=source,
        given=given,
        merged=merged,
        new=new,
    )


def _too_long(project: str, *, before: int, after: int) -> InvalidBuildSpec:
    return InvalidBuildSpec(
        f"the buildspec of project {project} has {before} characters, and "
        f"{after} with what pulls from ECR Public; CodeBuild takes {_LONGEST}\n"
        "  help: move commands into a script in the source; fewer mirrors and local_images of "
        "EcrPublicPull make the source policy shorter, and "
        "EcrPublicPull(hub_pulls=HubPulls.AS_WRITTEN) leaves it out",
        rule="long-build-spec",
    )


def _out_of_reach(project: str) -> InvalidBuildSpec:
    return InvalidBuildSpec(
        f"the buildspec of project {project} is a file that CDK Pipelines has written already "
        "(publish_assets_in_parallel=False), without the login to ECR Public\n"
        "  help: give the login to the pipeline: CodePipeline("
        "asset_publishing_code_build_defaults=EcrPublicPull().code_build_options())",
        rule="assembly-build-spec",
    )


@jsii.implements(cdk.IAnyProducer)
class _MergedAtSynth:
    """A buildspec with tokens, merged when CDK resolves it."""

    def __init__(
        self,
        original: str,
        commands: Sequence[str],
        mirrors: Mirrors | None,
        project: ExistingProject,
    ) -> None:
        self._original = original
        self._commands = tuple(commands)
        self._mirrors = mirrors
        self._project = project

    def produce(self, context: cdk.IResolveContext) -> object:
        """Resolve the original buildspec and merge the login into it.

        Args:
            context: CDK's resolution.
        """
        resolved = context.resolve(self._original)
        text = TokenText.of(resolved)
        # While it prepares, CDK looks for references and puts no usable values in their place.
        if context.preparing or text is None:
            return resolved
        given = _parsed(text, self._project)
        merged = _merged(text, given, self._commands, self._mirrors, self._project)
        return text.with_tokens(merged.build_spec)


def _parsed(text: TokenText, project: ExistingProject) -> dict[str, object]:
    given = text.with_placeholders
    try:
        return parse_build_spec(given, source=_UNNAMED)
    except InvalidBuildSpec as error:
        raise _named(error, text, project) from None


def _merged(
    text: TokenText,
    given: Mapping[str, object],
    commands: Sequence[str],
    mirrors: Mirrors | None,
    project: ExistingProject,
) -> MergedBuildSpec:
    try:
        merged = merge_login(given, commands, source=_UNNAMED)
    except InvalidBuildSpec as error:
        raise _named(error, text, project) from None
    if mirrors is None:
        return merged
    return replace(merged, build_spec=with_copies(merged.build_spec, mirrors))


def _named(error: InvalidBuildSpec, text: TokenText, project: ExistingProject) -> InvalidBuildSpec:
    """The error with the project's name, which is not asked for where there is none."""
    message = text.described(str(error)).removeprefix(_UNNAMED)
    return InvalidBuildSpec(f"the buildspec of project {project.path}{message}")


def _unreadable(project: ExistingProject, cause: str) -> InvalidBuildSpec:
    kind = "Pipeline" if isinstance(project.construct, codebuild.PipelineProject) else ""
    return InvalidBuildSpec(
        f"the buildspec of project {project.path} cannot be read at synth: {cause}\n"
        "  help: pass the buildspec itself, as a mapping or as "
        "codebuild.BuildSpec.from_object(...), or the path of a local file: "
        f'build_spec="buildspec.yml" of an EcrPublicPull{kind}Project',
        rule="unreadable-build-spec",
    )


def _parsed_file(path: str, project: str) -> dict[str, object]:
    if "\n" in path:
        raise InvalidBuildSpec(
            f"the build_spec of project {project} is a buildspec's text, where a path is wanted\n"
            "  help: pass it as a mapping, or put it into a file and pass the file's path"
        )
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        cause = error.strerror if isinstance(error, OSError) else error
        raise UnusableFile(
            f"the buildspec file {path!r} of project {project} cannot be read: {cause}\n"
            "  help: a text names a local file, from the working directory; "
            "pass a buildspec itself as a mapping"
        ) from None
    return parse_build_spec(text, source=path)


def _plain_mapping(mapping: Mapping[str, object]) -> dict[str, object]:
    return {key: _plain(value) for key, value in mapping.items()}


def _plain(value: object) -> object:
    """What jsii can pass on: it knows no other mappings and no tuples."""
    if isinstance(value, Mapping):
        return _plain_mapping(value)
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
