"""The ports of EXPOSE.

The rules are those of ``dockerfile2llb/convert_expose.go`` in ``frontend/dockerfile`` of
https://github.com/moby/buildkit::

    port  = [ [ address ":" ] [ range ] ":" ] range [ "/" [ protocol ] ]
    range = number [ "-" number ]
"""

from __future__ import annotations

import re

from cdk_ecr_public_pull.dockerfile.go_values import parse_int
from cdk_ecr_public_pull.dockerfile.text import SPACES

_PROTOCOLS = ("", "tcp", "udp", "sctp")
_BRACKETED = re.compile(r"\[([^\[\]]*)\]")
_GREATEST = 65_535


def refuse_port(text: str) -> str | None:
    """Say why BuildKit refuses a port.

    Args:
        text: The port, expanded; an empty one is none.

    Returns:
        The cause; None if it accepts the port.
    """
    # Where white space ends a word once more, it does so by quotes that are gone here.
    if not text or set(SPACES) & set(text):
        return None
    *rest, container = text.split(":")
    address, host = ":".join(rest[:-1]), rest[-1] if rest else ""
    number, _, protocol = container.partition("/")
    if not number:
        return f'invalid port: "{text}": no port specified'
    if protocol.lower() not in _PROTOCOLS:
        return f'invalid port: "{text}": invalid proto: {protocol}'
    if address and not _is_address(address):
        return f"invalid IP address: {address}"
    size, host_size = _range_size(number), _range_size(host) if host else 0
    if size is None:
        return f"invalid containerPort: {number}"
    if host_size is None:
        return f"invalid hostPort: {host}"
    if host and size and size != host_size:
        return f"invalid ranges specified for container and host Ports: {number} and {host}"
    return None


def _range_size(text: str) -> int | None:
    """How far the last port of a range is from its first; None if it is no range."""
    first, dash, last = text.partition("-")
    start = _number(first)
    end = _number(last) if dash else start
    if start is None or end is None or end < start:
        return None
    return end - start


def _number(text: str) -> int | None:
    value = parse_int(text, bits=64)
    return value if value is not None and 0 <= value <= _GREATEST else None


def _is_address(text: str) -> bool:
    if match := _BRACKETED.fullmatch(text):
        text = match[1]
        if not text:
            return True
    # Few Dockerfiles have one, and the import takes milliseconds.
    from ipaddress import ip_address  # noqa: PLC0415

    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text
