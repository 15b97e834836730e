"""CodeBuildProjects: which constructs EcrPublicPull is applied to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii

from cdk_ecr_public_pull.constructs.existing_projects import is_project, note_resources

if TYPE_CHECKING:
    from constructs import IConstruct


@jsii.implements(cdk.IConstructSelector)
class CodeBuildProjects:
    """Selects the CodeBuild projects below a construct, for ``Mixins.of``.

    ``Mixins.of(app, CodeBuildProjects()).apply(EcrPublicPull())`` does the same as
    ``Mixins.of(app).apply(EcrPublicPull())``, in less time: without a selector CDK asks the
    mixin about each construct of the app, and Node waits for Python each time.
    """

    def select(self, scope: IConstruct) -> list[IConstruct]:
        """Find the projects, imported ones too.

        Args:
            scope: Where to look; it may be a project itself.
        """
        constructs = scope.node.find_all()
        note_resources(constructs)
        return [it for it in constructs if is_project(it)]
