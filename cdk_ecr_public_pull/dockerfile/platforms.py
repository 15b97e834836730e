"""Platforms, and the build arguments that BuildKit derives from them.

The rules are those of https://github.com/containerd/platforms; the arguments are
https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

DEFAULT_PLATFORM = "linux/amd64"
_PART = re.compile(r"[A-Za-z0-9_.\-]+(?:\([A-Za-z0-9_.\-]*\))?")
_OPERATING_SYSTEMS = frozenset(
    """
    aix android darwin dragonfly freebsd hurd illumos ios js linux macos nacl netbsd openbsd
    plan9 solaris windows zos
    """.split()
)
_ARCHITECTURES = frozenset(
    """
    386 amd64 amd64p32 arm armbe arm64 arm64be ppc64 ppc64le loong64 mips mipsle mips64
    mips64le mips64p32 mips64p32le ppc riscv riscv64 s390 s390x sparc sparc64 wasm i386
    x86_64 x86-64 aarch64 armhf armel
    """.split()
)
_ARCHITECTURE_ALIASES = {
    "i386": ("386", ""),
    "x86_64": ("amd64", ""),
    "x86-64": ("amd64", ""),
    "aarch64": ("arm64", ""),
    "armhf": ("arm", "v7"),
    "armel": ("arm", "v6"),
}
# A variant that is the same as none, and the one that none means.
_REDUNDANT_VARIANTS = {("arm64", "v8"), ("arm64", "8"), ("amd64", "v1")}
_IMPLIED_VARIANTS = {"arm": "v7"}


def refuse_platform(text: str) -> str | None:
    """Say why a platform is none, or None if it is one.

    Args:
        text: The platform as ``--platform`` has it, such as ``linux/arm64/v8``.
    """
    parts = text.split("/")
    for part in parts:
        if not _PART.fullmatch(part):
            return f'"{part}" is an invalid component of platform "{text}"'
    if len(parts) == 1 and parts[0].partition("(")[0].lower() not in (
        _OPERATING_SYSTEMS | _ARCHITECTURES
    ):
        return f'"{text}": unknown operating system or architecture'
    if len(parts) > 3:  # noqa: PLR2004  (system, architecture and variant)
        return f'"{text}": cannot parse platform specifier'
    return None


@cache
def platform_args(platform: str, target: str) -> Mapping[str, str]:
    """The build arguments that every Dockerfile has without declaring them.

    Args:
        platform: The platform that is built for, ``OS/ARCHITECTURE[/VARIANT]``; it is
            taken for the building machine's too.
        target: The name of the stage that is built; ``default`` if it has none.
    """
    system, _, rest = platform.partition("/")
    architecture, _, variant = rest.partition("/")
    architecture, implied = _ARCHITECTURE_ALIASES.get(architecture, (architecture, ""))
    variant = variant or implied or _IMPLIED_VARIANTS.get(architecture, "")
    if (architecture, variant) in _REDUNDANT_VARIANTS:
        variant = ""
    parts = {
        "PLATFORM": "/".join(filter(None, (system, architecture, variant))),
        "OS": system,
        "OSVERSION": "",
        "ARCH": architecture,
        "VARIANT": variant,
    }
    args = {f"{side}{key}": value for side in ("BUILD", "TARGET") for key, value in parts.items()}
    return args | {"TARGETSTAGE": target or "default"}
