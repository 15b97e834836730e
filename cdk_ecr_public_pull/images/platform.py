"""Platforms that images are made for.

The grammar is that of https://github.com/containerd/platforms::

    platform = system [ "/" architecture [ "/" variant ] ] | architecture
    system   = name [ "(" [ version ] { "+" feature } ")" ]     %XX stands for a byte
"""

from __future__ import annotations

import re

DEFAULT_PLATFORM = "linux/amd64"
"""What is built for where nothing else is said."""

_OPTION = r"[A-Za-z0-9_.%-]"
_SYSTEM = rf"([A-Za-z0-9_-]+)(?:\(({_OPTION}*)((?:\+{_OPTION}+)*)\))?"
_PART = r"[A-Za-z0-9_.-]+"
_BAD_ESCAPE = r"%(?![0-9A-Fa-f]{2}).{0,2}"
_SYSTEMS = frozenset(
    """
    aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9
    solaris windows zos
    """.split()
)
_ARCHITECTURES = frozenset(
    """
    386 amd64 amd64p32 arm armbe arm64 arm64be ppc64 ppc64le loong64 mips mipsle mips64
    mips64le mips64p32 mips64p32le ppc riscv riscv64 s390 s390x sparc sparc64 wasm
    """.split()
)
_SYSTEM_ALIASES = {"macos": "darwin"}
_ARCHITECTURE_ALIASES = {
    "i386": "386",
    "x86_64": "amd64",
    "x86-64": "amd64",
    "aarch64": "arm64",
    "armhf": "arm",
    "armel": "arm",
}
# The variants that an architecture's name stands for, whatever variant is written.
_IMPLIED_VARIANTS = {"i386": "", "armhf": "v7", "armel": "v6"}
_VARIANT_ALIASES = {
    ("amd64", "v1"): "",
    **dict.fromkeys((("arm64", "8"), ("arm64", "v8"), ("arm64", "v8.0")), ""),
    **dict.fromkeys((("arm64", "9"), ("arm64", "9.0"), ("arm64", "v9.0")), "v9"),
    ("arm", ""): "v7",
    **{("arm", number): f"v{number}" for number in "5678"},
}


class InvalidPlatform(Exception):
    """A text is no platform; the message is the cause, in BuildKit's words."""


class Platform:
    """A platform, in its usual names.

    Attributes:
        system: The operating system.
        options: Its version and features as containerd writes them, with their parentheses.
        architecture: The architecture.
        variant: Its variant; empty if it is the usual one.
    """

    __slots__ = ("architecture", "options", "system", "variant")

    def __init__(self, *, system: str, options: str, architecture: str, variant: str) -> None:
        self.system = system
        self.options = options
        self.architecture = architecture
        self.variant = variant

    @property
    def version(self) -> str:
        """The operating system's version."""
        return _unescaped(self.options.strip("()").partition("+")[0])


def parse_platform(text: str) -> Platform:
    """Read a platform as ``--platform`` has it, such as ``linux/arm64/v8``.

    Args:
        text: The platform.

    Raises:
        InvalidPlatform: It is none.
    """
    if "*" in text:
        raise InvalidPlatform(f'"{text}": wildcards not yet supported')
    first, *parts = text.split("/", 3)
    system = re.fullmatch(_SYSTEM, first)
    if system is None:
        raise InvalidPlatform(f'"{first}" is an invalid OS component of "{text}"')
    _check_options(text, system[2] or "", system[3] or "")
    for part in parts:
        if not re.fullmatch(_PART, part):
            raise InvalidPlatform(f'"{part}" is an invalid component of "{text}"')
    name = _SYSTEM_ALIASES.get(system[1].lower(), system[1].lower())
    options = first[len(system[1]) :]
    match parts:
        case [] if name in _SYSTEMS:
            return _normalized(name, options, _ARCHITECTURE_OF_DEFAULT, "")
        case [] if _ARCHITECTURE_ALIASES.get(first.lower(), first.lower()) in _ARCHITECTURES:
            return _normalized(_SYSTEM_OF_DEFAULT, "", first, "")
        case []:
            raise InvalidPlatform(f'"{text}": unknown operating system or architecture')
        case [architecture]:
            return _normalized(name, options, architecture, "")
        case [architecture, variant]:
            return _normalized(name, options, architecture, variant)
    raise InvalidPlatform(f'"{text}": cannot parse platform specifier')


_SYSTEM_OF_DEFAULT, _, _ARCHITECTURE_OF_DEFAULT = DEFAULT_PLATFORM.partition("/")


def _check_options(text: str, version: str, features: str) -> None:
    if bad := re.search(_BAD_ESCAPE, version):
        cause = f'has an invalid OS version "{version}": invalid URL escape "{bad[0]}"'
        raise InvalidPlatform(f'"{text}" {cause}')
    for feature in features.split("+")[1:]:
        if bad := re.search(_BAD_ESCAPE, feature):
            cause = f'invalid os feature "{feature}": invalid URL escape "{bad[0]}"'
            raise InvalidPlatform(f'"{text}" has invalid OS features: {cause}')


def _normalized(system: str, options: str, architecture: str, variant: str) -> Platform:
    written, variant = architecture.lower(), variant.lower()
    name = _ARCHITECTURE_ALIASES.get(written, written)
    variant = _IMPLIED_VARIANTS.get(written, variant)
    variant = _VARIANT_ALIASES.get((name, variant), variant)
    return Platform(
        system=system, options=_normalized_options(options), architecture=name, variant=variant
    )


def _normalized_options(options: str) -> str:
    """An operating system's version and features, as containerd writes them."""
    version, *features = map(_unescaped, options.strip("()").split("+"))
    parts = [version, *sorted({it for it in features if it})]
    return f"({'+'.join(map(_escaped, parts))})" if any(parts) else ""


def _escaped(text: str) -> str:
    return re.sub("[%+()/]", lambda it: f"%{ord(it[0]):02X}", text)


def _unescaped(text: str) -> str:
    return re.sub("%([0-9A-Fa-f]{2})", lambda it: chr(int(it[1], 16)), text)
