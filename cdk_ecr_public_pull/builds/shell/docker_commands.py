"""The images that docker commands name.

The commands' options are those of https://docs.docker.com/reference/cli/docker/. Where an
option is not known it cannot be told whether the next word is its value, so that such a
command names nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from cdk_ecr_public_pull.builds.shell.words import simple_commands
from cdk_ecr_public_pull.builds.shell.wrappers import inner_script, without_wrappers
from cdk_ecr_public_pull.images.partial import UNKNOWN
from cdk_ecr_public_pull.images.reference import IMAGE_SCHEME


class ImageUse(StrEnum):
    """What a command does with an image."""

    PULL = "docker pull"
    RUN = "docker run"
    CREATE = "docker create"
    BUILD_ARG = "docker build --build-arg"
    BUILD_CONTEXT = "docker build --build-context"
    SBOM_SCANNER = "docker build --sbom=generator"
    MAKE = "docker build --tag"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedImage:
    """An image that a command names.

    Attributes:
        text: The name as it is written, ``UNKNOWN`` for what only the shell knows.
        use: What the command does with it; MAKE is for names that it gives to images.
        argument: The build argument that the name is the value of; empty for other uses.
    """

    text: str
    use: ImageUse
    argument: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    """The options of a command, letters and words: with a value, and without one."""

    valued: frozenset[str]
    plain: frozenset[str]


def _options(*, valued: str, plain: str) -> _Options:
    return _Options(valued=frozenset(valued.split()), plain=frozenset(plain.split()))


_GLOBAL = _options(
    valued="config c context H host l log-level tlscacert tlscert tlskey",
    plain="D debug tls tlsverify",
)
_PULL = _options(valued="platform", plain="a all-tags disable-content-trust q quiet")
_RUN = _options(
    valued="""
    a attach add-host annotation blkio-weight blkio-weight-device c cap-add cap-drop
    cgroup-parent cgroupns cidfile cpu-count cpu-percent cpu-period cpu-quota cpu-rt-period
    cpu-rt-runtime cpu-shares cpus cpuset-cpus cpuset-mems detach-keys device
    device-cgroup-rule device-read-bps device-read-iops device-write-bps device-write-iops dns
    dns-opt dns-option dns-search domainname e entrypoint env env-file expose gpus group-add h
    health-cmd health-interval health-retries health-start-interval health-start-period
    health-timeout hostname io-maxbandwidth io-maxiops ip ip6 ipc isolation kernel-memory l
    label label-file link link-local-ip log-driver log-opt m mac-address memory
    memory-reservation memory-swap memory-swappiness mount name net net-alias network
    network-alias oom-score-adj p pid pids-limit platform publish pull restart runtime
    security-opt shm-size stop-signal stop-timeout storage-opt sysctl tmpfs u ulimit user
    userns uts v volume volume-driver volumes-from w workdir
    """,
    plain="""
    d detach disable-content-trust help i init interactive no-healthcheck oom-kill-disable P
    privileged publish-all q quiet read-only rm sig-proxy t tty use-api-socket
    """,
)

# The default of https://github.com/moby/buildkit/blob/master/docs/attestations/sbom.md
_SBOM_SCANNER = "docker/buildkit-syft-scanner:stable-1"
# What buildx takes for true: https://pkg.go.dev/strconv#ParseBool
_TRUE = frozenset({"1", "t", "T", "true", "TRUE", "True"})

_GROUPS = frozenset({"builder", "buildx", "container", "image"})


# The projects of an app have the commands in common that this package gives them.
@lru_cache(maxsize=256)
def named_images(script: str) -> tuple[NamedImage, ...]:
    """Find the images that the docker commands of a shell script name.

    Args:
        script: The script: a command of a buildspec, of one or more lines.
    """
    commands = simple_commands(script)
    return tuple(image for words in commands for image in _in_command(list(words)))


def _in_command(words: list[str]) -> Iterator[NamedImage]:
    words = without_wrappers(words)
    script = inner_script(words)
    if script is not None:
        yield from named_images(script)
    elif words and words[0].rpartition("/")[2] == "docker":
        parsed = _parse(words[1:], _GLOBAL)
        if parsed is not None:
            yield from _in_docker(parsed.operands)


def _in_docker(words: Sequence[str]) -> Iterator[NamedImage]:
    command, arguments = (words[0], words[1:]) if words else ("", [])
    if command in _GROUPS and arguments:
        command, arguments = arguments[0], arguments[1:]
    match command:
        case "pull":
            yield from _pulled(arguments)
        case "run" | "create":
            yield from _run(ImageUse.RUN if command == "run" else ImageUse.CREATE, arguments)
        case "build" | "b":
            yield from _built(arguments)
            yield from _scanners(arguments)
        case "bake":
            yield from _scanners(arguments)
        case "tag" | "commit" | "import":
            yield from (NamedImage(text=text, use=ImageUse.MAKE) for text in arguments[-1:])


def _pulled(arguments: Sequence[str]) -> Iterator[NamedImage]:
    parsed = _parse(arguments, _PULL)
    if parsed is not None and parsed.operands:
        yield NamedImage(text=parsed.operands[0], use=ImageUse.PULL)


def _run(use: ImageUse, arguments: Sequence[str]) -> Iterator[NamedImage]:
    parsed = _parse(arguments, _RUN)
    if parsed is None or not parsed.operands or parsed.options.get("pull") == "never":
        return
    yield NamedImage(text=parsed.operands[0], use=use)


def _built(arguments: Sequence[str]) -> Iterator[NamedImage]:
    for option, value in _values(arguments):
        name, _, text = value.partition("=")
        match option:
            case "--tag" | "-t":
                yield NamedImage(text=value, use=ImageUse.MAKE)
            case "--build-arg":
                yield NamedImage(text=text, use=ImageUse.BUILD_ARG, argument=name)
            case "--build-context" if text.startswith(IMAGE_SCHEME):
                image = text.removeprefix(IMAGE_SCHEME)
                yield NamedImage(text=image, use=ImageUse.BUILD_CONTEXT)


def _scanners(arguments: Sequence[str]) -> Iterator[NamedImage]:
    """The images that write the SBOM attestations of a build.

    The options are read as in ``util/buildflags/attests.go`` of
    https://github.com/docker/buildx, where ``--sbom`` needs a value, too.
    """
    for option, value in _values(arguments):
        if option == "--sbom":
            fields = ["type=sbom", *([] if value in _TRUE else value.split(","))]
        elif option == "--attest":
            fields = value.split(",")
        else:
            continue
        # buildx refuses a field without a value.
        if all("=" in field for field in fields):
            pairs = (field.split("=", 1) for field in fields)
            attributes = {key.strip().lower(): text for key, text in pairs}
            if attributes.get("type") == "sbom" and attributes.get("disabled") not in _TRUE:
                image = attributes.get("generator", _SBOM_SCANNER)
                yield NamedImage(text=image, use=ImageUse.SBOM_SCANNER)


def _values(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each word that may be an option of a build, and its value, if it takes one.

    A build's options may stand after its operand, and are found by name.
    """
    for index, word in enumerate(arguments):
        option, equals, value = word.partition("=")
        yield option, value if equals else "".join(arguments[index + 1 : index + 2])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parsed:
    options: dict[str, str]
    operands: Sequence[str]


def _parse(arguments: Sequence[str], known: _Options) -> _Parsed | None:
    """Read the options before the first operand; None if one of them is not known."""
    options: dict[str, str] = {}
    rest = list(arguments)
    while rest and rest[0].startswith("-") and rest[0] != "-":
        word = rest.pop(0)
        if word == "--":
            break
        name, value = _option(word, known)
        if name is None:
            return None
        if value is None and rest:
            value = rest.pop(0)
        options[name] = value or ""
    # An expansion may hold options, or nothing.
    if rest and rest[0].strip(UNKNOWN) == "":
        return None
    return _Parsed(options=options, operands=rest)


def _option(word: str, known: _Options) -> tuple[str | None, str | None]:
    """An option and its value; no name if it is not known, no value if it is the next word."""
    if word.startswith("--"):
        name, equals, value = word[2:].partition("=")
        if name in known.plain or (equals and name in known.valued):
            return name, value
        return (name, None) if name in known.valued else (None, None)
    letters = word[1:]
    for index, letter in enumerate(letters):
        if letter in known.valued:
            return letter, letters[index + 1 :].removeprefix("=") or None
        if letter not in known.plain:
            break
    else:
        return letters, ""
    return None, None
