"""Platforms: their grammar, and their usual names."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.dockerfile.pulls import DockerfileError, find_pulls
from cdk_ecr_public_pull.images.platform import InvalidPlatform, parse_platform
from tests.dockerfile.support import check_rewritten

# A platform, and its system, options, architecture and variant.
PARSED = {
    "linux/amd64": ("linux", "", "amd64", ""),
    "Linux/x86_64": ("linux", "", "amd64", ""),
    "linux/x86-64": ("linux", "", "amd64", ""),
    "macos/arm64": ("darwin", "", "arm64", ""),
    "MacOS/aarch64": ("darwin", "", "arm64", ""),
    "linux/amd64/v1": ("linux", "", "amd64", ""),
    "linux/amd64/v3": ("linux", "", "amd64", "v3"),
    "linux/i386/x": ("linux", "", "386", ""),
    "linux/arm": ("linux", "", "arm", "v7"),
    "linux/arm/6": ("linux", "", "arm", "v6"),
    "linux/arm/V5": ("linux", "", "arm", "v5"),
    "linux/armhf": ("linux", "", "arm", "v7"),
    "linux/armel": ("linux", "", "arm", "v6"),
    "linux/arm64/v8": ("linux", "", "arm64", ""),
    "linux/arm64/8": ("linux", "", "arm64", ""),
    "linux/arm64/9": ("linux", "", "arm64", "v9"),
    "linux": ("linux", "", "amd64", ""),
    "windows": ("windows", "", "amd64", ""),
    "arm64": ("linux", "", "arm64", ""),
    "aarch64": ("linux", "", "arm64", ""),
    "s390x": ("linux", "", "s390x", ""),
    "windows(10.0.17763)/amd64": ("windows", "(10.0.17763)", "amd64", ""),
    "windows(10.0.17763+win32k)/amd64": ("windows", "(10.0.17763+win32k)", "amd64", ""),
    "linux(+gpu+b)/amd64": ("linux", "(+b+gpu)", "amd64", ""),
    "linux(%41)/amd64": ("linux", "(A)", "amd64", ""),
    "linux()/amd64": ("linux", "", "amd64", ""),
    "any/thing": ("any", "", "thing", ""),
}


@pytest.mark.parametrize(("text", "expected"), PARSED.items(), ids=PARSED.keys())
def test_parsed(text: str, expected: tuple[str, str, str, str]) -> None:
    """A platform is known by its usual names, whatever names are written."""
    found = parse_platform(text)
    assert (found.system, found.options, found.architecture, found.variant) == expected


OS = '"{}" is an invalid OS component of "{}"'
PART = '"{}" is an invalid component of "{}"'
ESCAPE = 'invalid URL escape "{}"'
INVALID = {
    "linux/*": '"linux/*": wildcards not yet supported',
    "lin.ux/amd64": OS.format("lin.ux", "lin.ux/amd64"),
    "/amd64": OS.format("", "/amd64"),
    "linux(+)/amd64": OS.format("linux(+)", "linux(+)/amd64"),
    "linux(10.0/amd64": OS.format("linux(10.0", "linux(10.0/amd64"),
    "linux/": PART.format("", "linux/"),
    "linux/amd64(1)": PART.format("amd64(1)", "linux/amd64(1)"),
    "linux/arm/": PART.format("", "linux/arm/"),
    "foo": '"foo": unknown operating system or architecture',
    "linux/arm/v7/x": '"linux/arm/v7/x": cannot parse platform specifier',
    "windows(%4)/amd64": f'"windows(%4)/amd64" has an invalid OS version "%4": '
    f"{ESCAPE.format('%4')}",
    "windows(1+%zz)/amd64": '"windows(1+%zz)/amd64" has invalid OS features: '
    f'invalid os feature "%zz": {ESCAPE.format("%zz")}',
}


@pytest.mark.parametrize(("text", "message"), INVALID.items(), ids=INVALID.keys())
def test_invalid(text: str, message: str) -> None:
    """What is no platform is refused in the beginning of BuildKit's words."""
    with pytest.raises(InvalidPlatform) as caught:
        parse_platform(text)
    assert str(caught.value) == message
    error = find_pulls(f"FROM --platform={text} node\n".encode()).error
    whole = f"failed to parse platform {text}: {message}"
    column = len(f"FROM --platform={text} ") + 1
    assert error == DockerfileError(message=whole, line=1, column=column)


ACCEPTED = ["", "''", "Linux/X86_64", "windows(10.0.17763)/amd64", "$BUILDPLATFORM", "'linux'"]


@pytest.mark.parametrize("platform", ACCEPTED)
def test_accepted(platform: str) -> None:
    """Which platform it is does not matter to a pull, and an empty value is none."""
    content = f"FROM --platform={platform} node\n".encode()
    check_rewritten(content, content.replace(b"node", b"~node"))
