"""What moto's CloudFormation lacks: CodeBuild projects, and custom resources without Docker."""

from __future__ import annotations

from typing import Any

from moto.cloudformation.custom_model import CustomModel
from moto.codebuild.models import codebuild_backends
from moto.core.common_models import CloudFormationModel


class CodeBuildProject(CloudFormationModel):
    """A project, kept by moto's own CodeBuild; moto finds this class by itself."""

    def __init__(self, name: str, arn: str) -> None:
        self.physical_resource_id = name
        self.arn = arn

    @staticmethod
    def cloudformation_name_type() -> str:
        """The property that names a project."""
        return "Name"

    @staticmethod
    def cloudformation_type() -> str:
        """The type that the templates name."""
        return "AWS::CodeBuild::Project"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        """Whether ``Fn::GetAtt`` knows an attribute."""
        return attr == "Arn"

    def get_cfn_attribute(self, attribute_name: str) -> str:
        """The value of an attribute."""
        assert attribute_name == "Arn"
        return self.arn

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **_: object,
    ) -> CodeBuildProject:
        """Make the project, as CloudFormation would through CodeBuild's API."""
        given = _as_in_the_api(cloudformation_json["Properties"])
        made = codebuild_backends[account_id][region_name].create_project(
            project_name=resource_name,
            description=given.get("description"),
            project_source=given["source"],
            artifacts=given["artifacts"],
            environment=given["environment"],
            service_role=given["serviceRole"],
            tags=None,
            cache=given.get("cache"),
            timeout=None,
            queued_timeout=None,
            source_version=None,
            logs_config=None,
            vpc_config=None,
        )
        return cls(resource_name, made["arn"])

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: CodeBuildProject,
        new_resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
    ) -> CodeBuildProject:
        """Make it anew."""
        name = original_resource.physical_resource_id
        assert new_resource_name
        return cls.create_from_cloudformation_json(
            name, cloudformation_json, account_id, region_name
        )


# A custom resource is there when its Lambda says so, for which moto wants Docker.
setattr(CustomModel, "is_created", lambda _: True)  # noqa: B010  (a type checker's rule)


def _as_in_the_api(value: Any) -> Any:  # noqa: ANN401  (JSON of any form)
    """CloudFormation's names of properties, as CodeBuild's API has them."""
    if isinstance(value, list):
        return [_as_in_the_api(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        "buildspec" if key == "BuildSpec" else key[0].lower() + key[1:]: _as_in_the_api(item)
        for key, item in value.items()
    }
