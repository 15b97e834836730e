"""Looking things up in a finished construct tree."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_ecr_assets as ecr_assets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from constructs import IConstruct

# `ArtifactMetadataEntryType.WARN` of CDK's schema, which Python sees as a name alone.
_WARNING = "aws:cdk:warning"


class Tree:
    """The constructs of an app; nothing is looked up before it is asked for.

    Args:
        root: The app.
    """

    def __init__(self, root: IConstruct) -> None:
        self._root = root

    @property
    def outdir(self) -> str | None:
        """The folder of the app's own assembly, without those of its Stages."""
        return self._root.outdir if isinstance(self._root, cdk.Stage) else None

    def image_assets(self, asset_hash: str, *, below: str) -> list[ecr_assets.DockerImageAsset]:
        """Find the constructs of an image asset.

        Args:
            asset_hash: The asset's hash.
            below: The path of a stack.
        """
        assets = self._image_assets.get(asset_hash, [])
        return [asset for asset in assets if asset.node.path.startswith(f"{below}/")]

    def resource(self, template: Path, logical_id: str, *, known_path: str, below: str) -> str:
        """Find the path of a resource.

        Args:
            template: The template that it is in.
            logical_id: Its logical id there.
            known_path: Its path as the template's metadata have it; empty if they do not.
            below: The path of its stack.

        Returns:
            The path; the stack's if there is no construct of that id.
        """
        # A template that was made elsewhere may bring the path that it had there.
        if known_path.startswith(f"{below}/") and self.find(known_path) is not None:
            return known_path
        return self._resources.get((template.name, logical_id), below)

    def find(self, path: str) -> IConstruct | None:
        """Find a construct by its path."""
        found: IConstruct | None = self._root
        for name in path.split("/") if path else ():
            found = found.node.try_find_child(name) if found is not None else None
        return found

    def is_acknowledged(self, rule: str, *, at: str) -> bool:
        """Whether a construct, or one above it, acknowledges a rule.

        Args:
            rule: The rule, with its plugin's name: ``DockerHubPulls::docker-hub-pull``.
            at: The construct's path.
        """
        return any(rule in self._acknowledged(path) for path in _with_parents(at))

    def warns(self, text: str, *, at: str) -> bool:
        """Whether a construct, or one above it, has a warning that begins with a text.

        Args:
            text: The text.
            at: The construct's path.
        """
        constructs = filter(None, map(self.find, _with_parents(at)))
        return any(
            entry.type == _WARNING and str(entry.data).startswith(text)
            for construct in constructs
            for entry in construct.node.metadata
        )

    def _acknowledged(self, path: str) -> set[str]:
        if path not in self._acknowledgements:
            construct = self.find(path)
            entries = construct.node.metadata if construct is not None else []
            key = cdk.Validations.ACKNOWLEDGED_RULES_METADATA_KEY
            self._acknowledgements[path] = {
                rule for entry in entries if entry.type == key for rule in entry.data
            }
        return self._acknowledgements[path]

    @cached_property
    def _acknowledgements(self) -> dict[str, set[str]]:
        return {}

    @cached_property
    def _everything(self) -> list[IConstruct]:
        return self._root.node.find_all()

    @cached_property
    def _image_assets(self) -> dict[str, list[ecr_assets.DockerImageAsset]]:
        assets: dict[str, list[ecr_assets.DockerImageAsset]] = {}
        for construct in self._everything:
            if isinstance(construct, ecr_assets.DockerImageAsset):
                assets.setdefault(construct.asset_hash, []).append(construct)
        return assets

    @cached_property
    def _resources(self) -> dict[tuple[str, str], str]:
        paths = {}
        for construct in self._everything:
            if isinstance(construct, cdk.CfnElement):
                stack = construct.stack
                logical_id = stack.resolve(construct.logical_id)
                paths[stack.template_file, logical_id] = construct.node.path
        return paths


def source_folder(asset: ecr_assets.DockerImageAsset) -> str | None:
    """The folder that an image asset is made from, as the user has it."""
    staging = asset.node.try_find_child("Staging")
    return staging.source_path if isinstance(staging, cdk.AssetStaging) else None


def _with_parents(path: str) -> Iterator[str]:
    yield path
    while path:
        path = path.rpartition("/")[0]
        yield path
