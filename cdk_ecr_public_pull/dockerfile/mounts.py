"""The fields of ``RUN --mount``.

The rules are those of ``instructions/commands_runmount.go`` in ``frontend/dockerfile`` of
https://github.com/moby/buildkit. Values with variables, quotes or escapes are left to the
build, which alone knows what comes of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import inf

from cdk_ecr_public_pull.dockerfile.go_values import parse_bool, parse_uint

_TYPES = ("bind", "cache", "tmpfs", "secret", "ssh")
_SWITCHES = ("readonly", "ro", "readwrite", "rw")
_TEXTS = ("from", "source", "src", "target", "dst", "destination", "id", "env")
_BASES = {"mode": 8, "uid": 10, "gid": 10}
# https://github.com/docker/go-units: a float of Go, and a suffix of at most three letters.
_SIZE = re.compile(
    r"([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?) ?(?:b|[kmgtp](?:i?b)?)?",
    re.IGNORECASE | re.ASCII,
)
# What makes a value come out differently than it is written.
_EXPANDED = set("$'\"\\`")
_WITH_OWNER = ("secret", "ssh", "cache")


def refuse_mount(fields: Sequence[str]) -> str | None:
    """Say why BuildKit refuses a mount when it runs the instruction.

    Args:
        fields: The mount's fields, such as ``type=cache``.

    Returns:
        The cause; None if it accepts the mount, or only the build can tell.
    """
    kind = "bind"
    seen: dict[str, str] = {}
    for field in fields:
        name, equals, value = field.partition("=")
        key = name.lower()
        if _EXPANDED & set(value):
            return None
        cause = _refuse_field(field, key, value if equals else None, kind)
        if cause:
            return cause
        if key == "type":
            kind = value.lower()
        seen[key] = value
    return _refuse_whole(kind, seen)


def _refuse_field(field: str, key: str, value: str | None, kind: str) -> str | None:
    if key == "required" and kind not in ("secret", "ssh"):
        return f"unexpected key '{key}' for mount type '{kind}'"
    if value is None:
        is_switch = key in _SWITCHES or key == "required"
        return None if is_switch else f"invalid field '{field}' must be a key=value pair"
    if key in _TEXTS:
        return None
    if key == "type":
        return None if value.lower() in _TYPES else f'unsupported mount type "{value}"'
    if key == "sharing":
        is_known = value.lower() in ("shared", "private", "locked")
        return None if is_known else f'unsupported sharing value "{value}"'
    if key in _BASES:
        is_number = parse_uint(value, base=_BASES[key], bits=32) is not None
        return None if is_number else f"invalid value {value} for {key}"
    if key == "size" and kind != "tmpfs":
        return f"unexpected key '{key}' for mount type '{kind}'"
    if key == "size":
        return None if _is_size(value) else f"invalid value for {key}: {value}"
    if key in _SWITCHES or key == "required":
        is_boolean = parse_bool(value) is not None
        return None if is_boolean else f"invalid value for {key}: {value}"
    return f"unexpected key '{key}' in '{field}'"


def _is_size(value: str) -> bool:
    match = _SIZE.fullmatch(value)
    return match is not None and 0 <= float(match[1]) < inf


def _refuse_whole(kind: str, seen: dict[str, str]) -> str | None:
    for key in ("mode", "uid", "gid"):
        if key in seen and kind not in _WITH_OWNER:
            return f'{key} not allowed for "{kind}" type mounts'
    source = seen.get("source") or seen.get("src")
    target = seen.get("target") or seen.get("dst") or seen.get("destination")
    if kind == "secret":
        if seen.get("from"):
            return "secret mount should not have a from"
        if seen.get("sharing"):
            return "secret mount should not define sharing"
        if not (source or target or seen.get("id")):
            return "invalid secret mount. one of source, target required"
        if source and seen.get("id"):
            return "both source and id can't be set"
    if seen.get("sharing") and kind != "cache":
        return f"invalid cache sharing set for {kind} mount"
    return None
