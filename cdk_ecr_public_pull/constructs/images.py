"""EcrPublicImages: the images that templates name come from ECR Public."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import aws_cdk as cdk
import jsii
from constructs import IMixin

from cdk_ecr_public_pull.builds.plain_data import mapping
from cdk_ecr_public_pull.constructs.codebuild.annotations import warn
from cdk_ecr_public_pull.constructs.configuration import configuration
from cdk_ecr_public_pull.constructs.image_places import TAKE_COPIES, NamedValue, named_values
from cdk_ecr_public_pull.constructs.sure_copies import hub_image

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs import IConstruct

    from cdk_ecr_public_pull.images.mirrors import Mirrors

# Where a resource of the CDK discloses its properties.
_PROPERTIES = "aws:cdk:cloudformation:props"


def _class_of(kind: str) -> str:
    """The name that jsii knows CDK's class for a type of resource by."""
    _, service, name = kind.split("::")
    return f"aws-cdk-lib.aws_{service.lower()}.Cfn{name}"


# Asked of Python alone: a question to Node about each construct would cost every synth its time.
_KINDS = {_class_of(kind): kind for kind in TAKE_COPIES}


@jsii.implements(cdk.IAspect, IMixin)
class EcrPublicImages:
    """Makes ECS tasks, Batch jobs and Lightsail containers take their images from ECR Public.

    It is an aspect and a mixin::

        Aspects.of(app).add(EcrPublicImages())
        Mixins.of(app).apply(EcrPublicImages())

    An aspect sees containers that are added up to the synthesis, a mixin those that are there;
    no aspect of an app reaches into a ``Stage``. In a template the copy takes the place of an
    image of Docker Hub that is written out, where the copy is surely there: of one that is
    pinned by a digest, that has repository credentials, whose copy nobody was seen to use, or
    that has none, a warning says so. An image that is a token is left alone. Kubernetes
    manifests, SageMaker models and recipes of Image Builder are not changed; ``DockerHubPulls``
    names theirs.

    Args:
        mirrors: Which images have copies, and where; by default what the configuration of
            the working folder says, and Docker's official images on ECR Public.
        local_images: Images that are never pulled, names or patterns such as ``myorg/*``;
            added to those of ``mirrors``.

    Raises:
        InvalidConfig: A name in ``local_images`` is no image name or pattern.
    """

    def __init__(self, *, mirrors: Mirrors | None = None, local_images: Iterable[str] = ()) -> None:
        self._mirrors = configuration(mirrors, local_images).mirrors

    def supports(self, construct: IConstruct) -> bool:
        """Say whether a construct is a resource whose images are moved.

        Args:
            construct: Any construct.
        """
        return _kind(construct) is not None

    def apply_to(self, construct: IConstruct) -> None:
        """Move the images of a resource; a second time changes nothing.

        Args:
            construct: The resource, such as an ``ecs.CfnTaskDefinition``.
        """
        self.visit(construct)

    def visit(self, node: IConstruct) -> None:
        """Move the images of a resource, as an aspect; pass over any other construct.

        Args:
            node: Any construct.
        """
        kind = _kind(node)
        if kind is None or not isinstance(node, cdk.CfnResource):
            return
        inspector = cdk.TreeInspector()
        # Each resource that the CDK has a class for can be inspected.
        cast("cdk.IInspectable", node).inspect(inspector)
        properties = node.stack.resolve(inspector.attributes[_PROPERTIES])
        for named in named_values(kind, mapping(properties)):
            self._move(node, named)

    def _move(self, resource: cdk.CfnResource, named: NamedValue) -> None:
        image = hub_image(
            named.value,
            self._mirrors,
            has_secret=named.has_secret,
            take="name it {}",
            construct="EcrPublicImages",
        )
        if image is None:
            return
        location = ".".join(part[:1].upper() + part[1:] for part in named.location.split("."))
        if image.copy is not None:
            resource.add_property_override(location, image.copy)
            return
        warn(
            resource,
            "template-image",
            f"{location} of {resource.node.path} is {image.written}, which comes from Docker Hub: "
            f"{image.reason}\n  help: {image.remedy}; or acknowledge this",
        )


def _kind(construct: IConstruct) -> str | None:
    return _KINDS.get(str(getattr(type(construct), "__jsii_type__", None)))
