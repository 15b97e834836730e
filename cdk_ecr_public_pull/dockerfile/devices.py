"""The fields of ``RUN --device``.

The rules are those of ``instructions/commands_rundevice.go`` in ``frontend/dockerfile`` of
https://github.com/moby/buildkit.
"""

from __future__ import annotations

from collections.abc import Sequence

from cdk_ecr_public_pull.dockerfile.go_values import parse_bool


def refuse_device(fields: Sequence[str]) -> str | None:
    """Say why BuildKit refuses a device.

    Args:
        fields: The device's fields, such as ``vendor.com/class=name`` and ``required``.

    Returns:
        The cause; None if it accepts the device.
    """
    name = ""
    for field in fields:
        key, equals, value = field.partition("=")
        key = key.lower()
        if key == "required":
            if equals and parse_bool(value) is None:
                return f"invalid value for {key}: {value}"
        elif equals and key == "name":
            if name:
                return f"device name already set to {name}"
            name = value
        elif not name:
            name = field
        elif equals:
            return f"unexpected key '{key}' in '{field}'"
        else:
            return f"invalid field '{field}' must be a key=value pair"
    return None
