"""DockerHubPulls: a synth that fails while anything in the app pulls from Docker Hub."""

from __future__ import annotations

import traceback
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii

from cdk_ecr_public_pull import __version__
from cdk_ecr_public_pull.config import find_config, parse_config
from cdk_ecr_public_pull.constructs.build_context import named_files
from cdk_ecr_public_pull.constructs.synth_check.app_check import AppCheck
from cdk_ecr_public_pull.constructs.synth_check.construct_finding import ConstructFinding
from cdk_ecr_public_pull.constructs.synth_check.policy_report import make_report
from cdk_ecr_public_pull.constructs.synth_check.project_build_spec import SourceFiles
from cdk_ecr_public_pull.constructs.synth_check.tree import Tree
from cdk_ecr_public_pull.errors import EcrPublicPullError
from cdk_ecr_public_pull.printable import escape_controls
from cdk_ecr_public_pull.report.rules import Rule, RuleSettings, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cdk_ecr_public_pull.config import Config
    from cdk_ecr_public_pull.images.mirrors import Mirrors

_NAME = "DockerHubPulls"
_PACKAGE = Path(__file__).parent.parent
_CHECK_FAILED = "check-failed"


@jsii.implements(cdk.IPolicyValidationPlugin)
class DockerHubPulls:
    """Makes ``cdk synth`` fail while anything in the app pulls from Docker Hub.

    ``Validations.of(app).add_plugins(DockerHubPulls())`` looks at all stacks of the app,
    those in nested stacks and Stages too: at the Dockerfiles of image assets, at the
    docker commands in the buildspecs of CodeBuild projects, those in files too, and the
    images that these run in, and at the images of ECS task definitions, Batch job
    definitions, Kubernetes manifests, SageMaker models, Lightsail containers and recipes of
    Image Builder. Of what only the deployment or the build knows nothing is said.

    What an error is, and what a warning, is that of ``ecr-public-pull check``, with the
    same configuration. A finding is acknowledged, with a reason, on the construct that it
    is reported for, or on one above it::

        Validations.of(construct).acknowledge(
            Acknowledgment(id="DockerHubPulls::docker-hub-pull", reason="…")
        )

    An aws-cdk-lib before 2.275 may take that for an acknowledgement of the whole app.

    A plain ``cdk synth`` shows nothing of the stacks in a Stage that is not one of CDK
    Pipelines. So what is found there is reported a second time without its construct,
    which fails the command whichever stacks it is asked for. For the rest,
    ``cdk synth STACK`` fails for what is in that stack, or in a Stage of CDK Pipelines.

    Args:
        dockerfiles: Dockerfiles, and folders of which every Dockerfile is taken, to look
            at beside those of image assets; paths from the working folder.
        report_only: Whether every error becomes a warning, so that the synth goes on.
        mirrors: Which images have copies, and where; by default what the configuration
            of the working folder says, and Docker's official images on ECR Public.
        local_images: Images that builds make themselves and never pull, names or
            patterns such as ``myorg/*``; added to those of ``mirrors``.
        severities: Rules that are to be an ``"error"``, a ``"warning"`` or ``"off"``;
            they come before those of the configuration.
        ignore: Patterns of Dockerfiles that are not looked at, from the working folder;
            by default those of the configuration.
        source_root: A checkout of the source that projects build, for buildspecs that are
            files of it; by default the repository that the working folder is in.

    Raises:
        InvalidConfig: The configuration or an argument says something that nothing here
            understands.
    """

    def __init__(
        self,
        *,
        dockerfiles: Sequence[named_files.FileName] | named_files.FileName = (),
        report_only: bool = False,
        mirrors: Mirrors | None = None,
        local_images: Iterable[str] = (),
        severities: Mapping[str, str] | None = None,
        ignore: Iterable[str] | None = None,
        source_root: named_files.FileName | None = None,
    ) -> None:
        self._dockerfiles = named_files.names(dockerfiles)
        self._report_only = report_only
        self._source_root = None if source_root is None else Path(source_root)
        config = find_config(".")
        given = parse_config(
            {"severities": dict(severities or {}), "ignore": list(ignore or ())},
            source=_NAME,
            folder=".",
        )
        settings = {**config.settings.severities, **given.settings.severities}
        if ignore is not None:
            config = config._replace(ignore=given.ignore, folder=".")
        self._config: Config = config._replace(
            mirrors=(mirrors or config.mirrors).with_local_images(local_images),
            settings=RuleSettings(severities=settings),
        )

    @property
    def name(self) -> str:
        """The plugin's name in reports, and in the ids of its rules."""
        return _NAME

    @property
    def version(self) -> str:
        """The version of this package."""
        return __version__

    @property
    def rule_ids(self) -> list[str]:
        """The ids of the rules, as ``ecr-public-pull check`` has them."""
        return [str(rule) for rule in Rule]

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Look at all that was synthesized; CDK calls it at the end of the synthesis.

        Args:
            context: What was synthesized.

        Returns:
            The report. An error while looking is a violation in it that cannot be
            acknowledged, because the command line of CDK passes over a plugin that fails.
        """
        try:
            tree = Tree(context.app_construct)
            outdir = Path(tree.outdir) if tree.outdir is not None else None
            files = SourceFiles(root=self._source_root, outdir=outdir)
            check = AppCheck(config=self._config, tree=tree, files=files)
            found = [
                *(it for stack in context.stack_templates for it in check.stack(stack)),
                *check.dockerfiles(self._dockerfiles),
            ]
            findings = [self._lenient(finding) for finding in found]
            acknowledged = [
                finding
                for finding in findings
                if tree.is_acknowledged(
                    f"{_NAME}::{finding.rule}", at=finding.owner.path if finding.owner else ""
                )
            ]
            return make_report(findings, acknowledged)
        except Exception as error:  # noqa: BLE001  (whatever it is, it must not pass)
            return self._failure(error)

    def _lenient(self, finding: ConstructFinding) -> ConstructFinding:
        return replace(finding, severity=Severity.WARNING) if self._report_only else finding

    def _failure(self, error: Exception) -> cdk.PolicyValidationPluginReport:
        if isinstance(error, EcrPublicPullError):
            cause, fix = str(error), "mend what it names, and synthesize again"
        else:
            frames = traceback.extract_tb(error.__traceback__)
            ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_PACKAGE)]
            place = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"
            cause = f"{type(error).__name__} at {place}: {error}"
            fix = (
                f"this is a fault of cdk-ecr-public-pull {__version__}: please report it with "
                "the line above; report_only=True lets the synth go on until then"
            )
        severity = "warning" if self._report_only else "fatal"
        violation = cdk.PolicyViolation(
            rule_name=_CHECK_FAILED,
            severity=severity,
            description="\n".join(
                map(escape_controls, f"the app could not be checked: {cause}".splitlines())
            ),
            fix=fix,
            violating_resources=[cdk.PolicyViolatingResource(locations=[])],
        )
        return cdk.PolicyValidationPluginReport(success=self._report_only, violations=[violation])
