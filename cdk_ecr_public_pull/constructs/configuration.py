"""What the working folder's configuration says, for the constructs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdk_ecr_public_pull.config import find_config

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cdk_ecr_public_pull.config import Config
    from cdk_ecr_public_pull.images.mirrors import Mirrors


def configuration(mirrors: Mirrors | None = None, local_images: Iterable[str] = ()) -> Config:
    """Read the configuration, as ``ecr-public-pull`` does in the folder that the app runs in.

    Args:
        mirrors: Mirrors in the place of those of the configuration.
        local_images: Images that are local beside those of the mirrors.

    Raises:
        InvalidConfig: The configuration says something that nothing here understands, or a
            name in ``local_images`` is no image name or pattern.
    """
    config = find_config(".")
    return config._replace(mirrors=(mirrors or config.mirrors).with_local_images(local_images))
