"""The shop: services in a stage, the pipeline that deploys them, and two builds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shop.builds import BuildsStack
from shop.delivery import DeliveryStack

if TYPE_CHECKING:
    from aws_cdk import App


def add_shop(app: App) -> None:
    """Add the shop's stacks to an app."""
    BuildsStack(app, "Builds")
    DeliveryStack(app, "Delivery")
