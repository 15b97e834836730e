"""Buildspecs of CDK projects: taken, read back, and merged."""

from __future__ import annotations

import json
from pathlib import Path
from types import MappingProxyType

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_s3 as s3

from cdk_ecr_public_pull.constructs.codebuild.build_spec import (
    BuildSpecInput,
    merge_into,
    to_build_spec,
)
from cdk_ecr_public_pull.constructs.codebuild.existing_projects import project_of
from cdk_ecr_public_pull.errors import InvalidBuildSpec, UnusableFile

LOGIN = ("# cdk_ecr_public_pull: log in\ntrue",)
USERS = {"version": "0.2", "phases": {"build": {"commands": ["docker build ."]}}}
MERGED = {
    "version": "0.2",
    "phases": {"build": {"commands": [*LOGIN, "docker build ."]}},
}
YAML = "version: 0.2\nphases:\n  build:\n    commands: [docker build .]\n"
HELP = (
    "  help: pass the buildspec itself, as a mapping or as codebuild.BuildSpec.from_object(...), "
    'or the path of a local file: build_spec="buildspec.yml" of an EcrPublicPullProject'
)


def new_stack(app: cdk.App | None = None) -> cdk.Stack:
    """A stack, in an app of its own unless one is given."""
    app = app or cdk.App()
    return cdk.Stack(app, f"Stack{len(app.node.children)}")


def merged_template(given: BuildSpecInput, *, times: int = 1) -> object:
    """The buildspec in the template of a project, after the merge."""
    stack = new_stack()
    build_spec = to_build_spec(given, project="Stack/Build")
    project = codebuild.Project(stack, "Build", build_spec=build_spec)
    for _ in range(times):
        merge_into(project_of(project), LOGIN).make()
    return build_spec_of(stack)


def build_spec_of(stack: cdk.Stack) -> object:
    """The buildspec of the only project in a stack's template."""
    projects = assertions.Template.from_stack(stack).find_resources("AWS::CodeBuild::Project")
    (project,) = projects.values()
    return project["Properties"]["Source"]["BuildSpec"]


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("kind", ["mapping", "immutable", "object", "yaml", "str", "path"])
def test_kinds(tmp_path: Path, kind: str, times: int) -> None:
    """A buildspec of each kind is merged, and merging again changes nothing."""
    file = tmp_path / "buildspec.yml"
    file.write_text(YAML, encoding="utf-8-sig")
    kinds: dict[str, BuildSpecInput] = {
        "mapping": USERS,
        "immutable": MappingProxyType(
            {"version": "0.2", "phases": {"build": {"commands": ("docker build .",)}}}
        ),
        "object": codebuild.BuildSpec.from_object(USERS),
        "yaml": codebuild.BuildSpec.from_object_to_yaml(USERS),
        "str": str(file),
        "path": file,
    }

    actual = merged_template(kinds[kind], times=times)

    assert isinstance(actual, str)
    expected = MERGED if kind not in {"str", "path"} else {**MERGED, "version": 0.2}
    assert json.loads(actual) == expected


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("make", ["from_object", "from_object_to_yaml"])
def test_tokens(make: str, times: int) -> None:
    """Tokens within texts stay what they are, and quotes around them too."""
    stack = new_stack()
    name = cdk.CfnParameter(stack, "Name").value_as_string
    spec = {"version": "0.2", "phases": {"build": {"commands": [f"{name}-x 'é \"'"]}}}
    build_spec = getattr(codebuild.BuildSpec, make)(spec)
    project = codebuild.Project(stack, "Build", build_spec=build_spec)

    for _ in range(times):
        merge_into(project_of(project), LOGIN).make()

    resolved = build_spec_of(stack)
    assert isinstance(resolved, dict)
    delimiter, parts = resolved["Fn::Join"]
    assert [part for part in parts if not isinstance(part, str)] == [{"Ref": "Name"}]
    text = delimiter.join(part if isinstance(part, str) else "NAME" for part in parts)
    assert json.loads(text) == {
        **MERGED,
        "phases": {"build": {"commands": [*LOGIN, "NAME-x 'é \"'"]}},
    }


def test_tokens_that_are_no_text() -> None:
    """A number and a list from parameters come out as a number and a list."""
    stack = new_stack()
    number = cdk.CfnParameter(stack, "Number", type="Number").value_as_number
    names = cdk.CfnParameter(stack, "List", type="CommaDelimitedList").value_as_list
    spec = {"env": {"variables": {"N": number}}, "artifacts": {"files": names}}
    project = codebuild.Project(stack, "Build", build_spec=codebuild.BuildSpec.from_object(spec))

    merge_into(project_of(project), LOGIN).make()

    resolved = build_spec_of(stack)
    assert isinstance(resolved, dict)
    parts = resolved["Fn::Join"][1]
    text = "".join(part if isinstance(part, str) else "[7]" for part in parts)
    assert json.loads(text) == {
        "version": "0.2",
        "env": {"variables": {"N": [7]}},
        "phases": {"pre_build": {"commands": list(LOGIN)}},
        "artifacts": {"files": [7]},
    }


def test_commands_that_are_a_token() -> None:
    """A list of commands that only the deployment knows is refused by its function."""
    stack = new_stack()
    commands = cdk.CfnParameter(stack, "List", type="CommaDelimitedList").value_as_list
    spec = {"phases": {"build": {"commands": commands}}}
    project = codebuild.Project(stack, "Build", build_spec=codebuild.BuildSpec.from_object(spec))

    with pytest.raises(InvalidBuildSpec) as caught:
        merge_into(project_of(project), LOGIN).make()

    function = '{"Fn::GetAtt": ["CdkJsonStringifyRefList738E6DC2", "Value"]}'
    assert str(caught.value) == (
        "the buildspec of project Stack0/Build: phases.build.commands must be a text or a list of "
        f"texts, and is {function}. The commands of a phase are a list under its key commands."
    )


def test_tokens_of_another_stack() -> None:
    """A reference to another stack becomes an import, as CDK makes them."""
    app = cdk.App()
    producer, consumer = new_stack(app), new_stack(app)
    bucket = s3.Bucket(producer, "Bucket")
    spec = {"version": "0.2", "phases": {"build": {"commands": [f"ls {bucket.bucket_name}"]}}}
    build_spec = codebuild.BuildSpec.from_object(spec)
    project = codebuild.Project(consumer, "Build", build_spec=build_spec)

    merge_into(project_of(project), LOGIN).make()

    resolved = build_spec_of(consumer)
    assert isinstance(resolved, dict)
    (function,) = [part for part in resolved["Fn::Join"][1] if not isinstance(part, str)]
    assert list(function) == ["Fn::ImportValue"]


def test_the_rest_of_the_source_stays() -> None:
    """The merge changes the buildspec of a source and nothing else."""
    stack = new_stack()
    source = codebuild.Source.git_hub(owner="o", repo="r", clone_depth=3, report_build_status=False)
    build_spec = codebuild.BuildSpec.from_object(USERS)
    project = codebuild.Project(stack, "Build", source=source, build_spec=build_spec)

    merge_into(project_of(project), LOGIN).make()

    template = assertions.Template.from_stack(stack)
    (resource,) = template.find_resources("AWS::CodeBuild::Project").values()
    properties = resource["Properties"]["Source"]
    assert json.loads(properties.pop("BuildSpec")) == MERGED
    assert properties == {
        "GitCloneDepth": 3,
        "Location": "https://github.com/o/r.git",
        "ReportBuildStatus": False,
        "Type": "GITHUB",
    }


def test_unreadable_tokens() -> None:
    """A buildspec or a source that is one token is known only to the deployment."""
    stack = new_stack()
    parameter = cdk.CfnParameter(stack, "Parameter").value_as_string
    build_spec = codebuild.BuildSpec.from_object(USERS)
    project = codebuild.Project(stack, "Build", build_spec=build_spec)
    cfn = project.node.default_child
    assert isinstance(cfn, codebuild.CfnProject)
    cases: list[tuple[codebuild.CfnProject.SourceProperty | cdk.IResolvable, str]] = [
        (
            codebuild.CfnProject.SourceProperty(type="NO_SOURCE", build_spec=parameter),
            'it is the token {"Ref": "Parameter"}',
        ),
        (cdk.Token.as_any({"Ref": "Source"}), "its source is a token"),
    ]
    for source, cause in cases:
        cfn.source = source

        with pytest.raises(InvalidBuildSpec) as caught:
            merge_into(project_of(project), LOGIN).make()

        path = project.node.path
        expected = f"the buildspec of project {path} cannot be read at synth: {cause}\n{HELP}"
        assert str(caught.value) == expected


def test_missing_file() -> None:
    """A file that is not there is named, and what else a text could have meant."""
    with pytest.raises(UnusableFile) as caught:
        to_build_spec("no/such.yml", project="S/B")

    assert str(caught.value) == (
        "the buildspec file 'no/such.yml' of project S/B cannot be read: No such file or "
        "directory\n  help: a text names a local file, from the working directory; "
        "pass a buildspec itself as a mapping"
    )


@pytest.mark.parametrize(("length", "is_refused"), [(25_450, False), (25_590, True)])
def test_length(length: int, *, is_refused: bool) -> None:
    """What CodeBuild would refuse for its length is refused at synth, with the remedy."""
    stack = new_stack()
    text = {"version": "0.2", "phases": {"build": {"commands": ["#"]}}}
    spare = length - len(json.dumps(text, indent=2)) + 1
    text["phases"] = {"build": {"commands": ["#" * spare]}}
    project = codebuild.Project(stack, "Build", build_spec=codebuild.BuildSpec.from_object(text))

    if not is_refused:
        merge_into(project_of(project), LOGIN).make()
        assert len(str(build_spec_of(stack))) <= 25_600
        return
    with pytest.raises(InvalidBuildSpec) as caught:
        merge_into(project_of(project), LOGIN)
    assert str(caught.value) == (
        "the buildspec of project Stack0/Build has 25590 characters, and 25637 with what pulls "
        "from ECR Public; CodeBuild takes 25600\n"
        "  help: move commands into a script in the source; fewer mirrors and local_images of "
        "EcrPublicPull make the source policy shorter, and "
        "EcrPublicPull(hub_pulls=HubPulls.AS_WRITTEN) leaves it out"
    )
