"""A small CodeBuild: it runs the buildspec of a deployed project, with real programs."""

from __future__ import annotations

import itertools
import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cdk_ecr_public_pull.builds.buildspec.read import parse_build_spec
from cdk_ecr_public_pull.builds.buildspec.warnings import PHASES
from cdk_ecr_public_pull.builds.plain_data import listed
from tests.engine.aws import CREDENTIALS, Aws
from tests.engine.sandbox import Sandbox
from tests.engine.world import ACCOUNT, REGION

CA_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """What came of a build."""

    number: int
    succeeded: bool
    log: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeBuild:
    """The service.

    Attributes:
        aws: Where the projects are deployed.
        sandbox: Where the builds run: its shell, AWS CLI and Docker engine are theirs.
        projects: What the AWS CLI has said of projects so far.
    """

    aws: Aws
    sandbox: Sandbox
    projects: dict[str, Any]

    def project(self, start: str) -> Mapping[str, Any]:
        """What the AWS CLI says of the project whose name starts so."""
        if start not in self.projects:
            names = self._cli("codebuild list-projects")["projects"]
            (name,) = (name for name in names if name.startswith(start))
            (found,) = self._cli(f"codebuild batch-get-projects --names {name}")["projects"]
            self.projects[start] = found
        project: Mapping[str, Any] = self.projects[start]
        return project

    def pipeline_source(self, stack: str) -> dict[str, str]:
        """The files that the source action of a stack's pipeline takes from its bucket."""
        template = self._cli(f"cloudformation get-template --stack-name {stack}")["TemplateBody"]
        (pipeline,) = (
            resource["Properties"]
            for resource in template["Resources"].values()
            if resource["Type"] == "AWS::CodePipeline::Pipeline"
        )
        place = pipeline["Stages"][0]["Actions"][0]["Configuration"]
        bucket = place["S3Bucket"]["Fn::Sub"].replace("${AWS::AccountId}", ACCOUNT)
        bucket = bucket.replace("${AWS::Region}", REGION)
        return self._unpacked(f"s3://{bucket}/{place['S3ObjectKey']}")

    def _unpacked(self, location: str) -> dict[str, str]:
        target = "/codebuild/source"
        self._run(
            f"rm -rf {target} && mkdir -p {target} && aws s3 cp --quiet {location} {target}.zip"
            f" && python3 -m zipfile -e {target}.zip {target}"
        )
        names = self.sandbox.check(f"cd {target} && find -type f -printf '%P\\n'").split()
        return {name: self.sandbox.read(f"{target}/{name}").decode() for name in names}

    def build(
        self,
        project: str,
        source: Mapping[str, str] | Path,
        *,
        environment: Mapping[str, str] | None = None,
        shell: str = "sh",
        before: str = "",
    ) -> Build:
        """Run a build to its end.

        Args:
            project: How the project's name starts.
            source: The files of the source, by their names, or the folder that they are in.
            environment: Variables of this build, as ``start-build`` takes them.
            shell: The shell of the build.
            before: A command that the shell runs before all others.
        """
        described = self.project(project)
        number = next(_numbers)
        home = f"/codebuild/{number}"
        for name, content in _files(source):
            self.sandbox.write(f"{home}/src/{name}", content)
        spec = parse_build_spec(described["source"]["buildspec"], source=project)
        given = {item["name"]: item["value"] for item in _variables(described)}
        variables = {
            **CREDENTIALS,
            **self._endpoints(),
            "AWS_CA_BUNDLE": CA_BUNDLE,
            "HOME": home,
            "TMPDIR": home,
            "CODEBUILD_BUILD_NUMBER": str(number),
            "CODEBUILD_SRC_DIR": f"{home}/src",
            **_mapping(_mapping(spec.get("env")).get("variables")),
            **given,
            **(environment or {}),
        }
        script = "\n".join([f"cd {home}/src", before, *_script(_mapping(spec["phases"]))])
        ran = self.sandbox.run(script, environment=variables, shell=shell, timeout=300)
        return Build(number=number, succeeded=ran.status == 0, log=ran.output)

    def _endpoints(self) -> dict[str, str]:
        # The API of ECR Public has hosts of its own: the region in their names is what is tried.
        services = ("CLOUDFORMATION", "CODEBUILD", "ECR", "S3")
        return {f"AWS_ENDPOINT_URL_{service}": self.aws.endpoint for service in services}

    def _cli(self, command: str) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self._run(f"aws {command} --output json"))
        return answer

    def _run(self, script: str) -> str:
        ran = self.sandbox.run(script, environment={**CREDENTIALS, **self._endpoints()})
        assert ran.status == 0, ran.output
        return ran.output


def _variables(project: Mapping[str, Any]) -> Sequence[Mapping[str, str]]:
    variables: Sequence[Mapping[str, str]] = project["environment"].get("environmentVariables", [])
    return variables


def _files(source: Mapping[str, str] | Path) -> Iterator[tuple[str, str]]:
    if isinstance(source, Path):
        for path in sorted(path for path in source.rglob("*") if path.is_file()):
            yield str(path.relative_to(source)), path.read_text("utf-8")
    else:
        yield from source.items()


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _script(phases: Mapping[str, Any]) -> Iterator[str]:
    """One shell for the whole build, as CodeBuild has it since version 0.2.

    A failed command ends its phase, whose finally block runs all the same. After a failed
    build phase post_build still runs; after another one nothing does.
    https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html
    """
    yield "build_status=0"
    for name in PHASES:
        phase = _mapping(phases.get(name))
        yield f"echo '[Container] Entering phase {name}'; phase_status=$build_status"
        if name == "post_build":
            yield '[ -n "${was_built-}" ] && phase_status=0'
        for command in listed(phase.get("commands")):
            yield f"if [ $phase_status = 0 ]; then {_echoed(command)}"
            yield f"eval {shlex.quote(str(command))}"
            yield "phase_status=$?; fi"
        for command in listed(phase.get("finally")):
            yield f"eval {shlex.quote(str(command))}"
        if name == "build":
            yield "[ $build_status = 0 ] && was_built=yes"
        yield "[ $phase_status = 0 ] || build_status=1"
        yield f"echo '[Container] Phase complete: {name} State:' $phase_status"
    yield "exit $build_status"


def _echoed(command: object) -> str:
    first = str(command).partition("\n")[0]
    return f"echo {shlex.quote(f'[Container] Running command {first}')}"
