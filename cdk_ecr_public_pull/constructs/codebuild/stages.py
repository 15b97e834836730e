"""The Stages of an app, into which its aspects do not reach.

CDK synthesizes a Stage before it invokes the aspects of what the Stage is in.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_codebuild as codebuild

from cdk_ecr_public_pull.builds.commands.messages import MARKER, PREFIX
from cdk_ecr_public_pull.constructs.codebuild.annotations import warn
from cdk_ecr_public_pull.constructs.codebuild.existing_projects import (
    ExistingProject,
    projects_in,
)
from cdk_ecr_public_pull.constructs.codebuild.facts import publishes_files

if TYPE_CHECKING:
    from constructs import Construct, IConstruct

_HELP = (
    "  help: say EcrPublicPull().add_to(app) behind the constructs of the app, in the place of "
    "Aspects.of(app).add(EcrPublicPull())"
)


def add_to_stages(app: IConstruct, aspect: cdk.IAspect) -> None:
    """Add an aspect to a construct, and to each Stage below it that has a project, now or later.

    Args:
        app: The construct.
        aspect: The aspect; where it is already, it is not added again.
    """
    injectors = cdk.PropertyInjectors.of(app)
    before = injectors.for_(codebuild.Project.PROPERTY_INJECTION_ID)
    if isinstance(before, _Stages) and before.aspect is aspect:
        return
    stages = _Stages(aspect, before)
    for it in (app, *(it for it in app.node.find_all() if isinstance(it, cdk.Stage))):
        stages.add(it)
    injectors.add(stages)


def warn_of_stages(app: cdk.Stage, kind: type) -> None:
    """Say which projects in the Stages of an app do not log in.

    The Stages are synthesized: the warning is at the first stack of the app itself, or in the
    error stream if it has none.

    Args:
        app: The app.
        kind: The class of the aspect that logs them in; a Stage that has one needs no word.
    """
    constructs = app.node.find_all()
    stages = [it for it in constructs if isinstance(it, cdk.Stage) and it.node.scope is not None]
    unreached = {
        path: None
        for stage in stages
        if not any(isinstance(it, kind) for it in cdk.Aspects.of(stage).all)
        for path in _without_login(stage)
    }
    if not unreached:
        return
    subject, verb, of, it_does = (
        ("projects", "are", "Stages", "they do")
        if len(unreached) > 1
        else ("project", "is", "a Stage", "it does")
    )
    message = (
        f"{subject} {', '.join(unreached)} {verb} in {of}, into which no aspect of the app "
        f"reaches, so that {it_does} not log in\n{_HELP}"
    )
    own = (it for it in constructs if isinstance(it, cdk.Stack) and cdk.Stage.of(it) is app)
    stack = next(own, None)
    if stack is not None:
        warn(stack, "project-in-stage", message)
    else:
        sys.stderr.write(f"{PREFIX}WARNING: {message}\n")


def _without_login(stage: cdk.Stage) -> list[str]:
    constructs = [it for it in stage.node.find_all() if not publishes_files(it)]
    return [it.path for it in projects_in(constructs).values() if not _has_login(it)]


def _has_login(project: ExistingProject) -> bool:
    return MARKER in str(project.build_spec)


@jsii.implements(cdk.IPropertyInjector)
class _Stages:
    """Adds an aspect to the Stage of each project that is made.

    CDK asks one injector alone: that which was there is asked from here.
    """

    def __init__(self, aspect: cdk.IAspect, before: cdk.IPropertyInjector | None) -> None:
        self.aspect = aspect
        self._before = before
        self._paths: set[str] = set()
        # Each question to Node costs every synth its time.
        self._scopes: set[IConstruct] = set()

    @property
    def construct_unique_id(self) -> str:
        """The class that it looks at: a ``PipelineProject`` is a ``Project``, too."""
        return codebuild.Project.PROPERTY_INJECTION_ID

    def inject(
        self,
        original_props: Any,  # noqa: ANN401  (jsii's own type)
        *,
        id: str,  # noqa: A002  (the names are those of CDK's interface)
        scope: Construct,
    ) -> Any:  # noqa: ANN401  (jsii's own type)
        """Add the aspect to the project's Stage; the properties stay as they come here.

        Args:
            original_props: The properties.
            id: The project's id.
            scope: The construct that makes it.
        """
        if scope not in self._scopes:
            self._scopes.add(scope)
            stage = cdk.Stage.of(scope)
            if stage is not None:
                self.add(stage)
        if self._before is None:
            return original_props
        return self._before.inject(original_props, id=id, scope=scope)

    def add(self, stage: IConstruct) -> None:
        """Add the aspect, if it is not there.

        Args:
            stage: The Stage, or another construct.
        """
        path = stage.node.path
        if path not in self._paths:
            self._paths.add(path)
            cdk.Aspects.of(stage).add(self.aspect)
