"""The arguments, and the help that explains them."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from cdk_ecr_public_pull import __version__
from cdk_ecr_public_pull.images.platform import (
    DEFAULT_PLATFORM,
    InvalidPlatform,
    parse_platform,
)
from cdk_ecr_public_pull.printable import escape_controls

if TYPE_CHECKING:
    from typing import NoReturn

_WIDTH = 92
_DESCRIPTION = """\
Finds the images that Dockerfiles pull from Docker Hub, and moves them to their copies on
Amazon ECR Public (public.ecr.aws), which builds inside AWS pull without Docker Hub's limits.
"""
_EPILOG = """\
examples:
  ecr-public-pull check .                 what does this checkout pull from Docker Hub?
  ecr-public-pull fix --diff Dockerfile   what would be changed?
  ecr-public-pull fix .                   change it
  ecr-public-pull pulls --target prod .   every image that a build of stage prod needs
  ecr-public-pull login --run             log docker in to public.ecr.aws
  ecr-public-pull policy > policy.json    what docker build reads to pull from the copies
  ecr-public-pull mirror docker --write   let Docker ask the copies first, then Docker Hub

"ecr-public-pull COMMAND --help" says more about a command.

exit status:
  0  no error was found (there may be warnings)
  1  an error was found
  2  bad usage, bad configuration, or a file or folder that cannot be used
"""
_PATHS = """\
PATH is a file, whatever it is called; - for the standard input; or a folder, which means
every Dockerfile below it: Dockerfile, Dockerfile.*, *.Dockerfile, and the same with
Containerfile, in any case, but no *.dockerignore. In a git checkout these are the files
that git tracks, or does not ignore; links to folders are not followed.
"""
_CONFIG = """\
configuration: ecr-public-pull.toml, or the table [tool.cdk-ecr-public-pull] of
pyproject.toml, in the working folder or the nearest one above it:
  local_images = ["my-base", "myorg/*"]   # built by the same job: never pulled
  ignore = ["vendor", "**/testdata"]      # paths below this file's folder
  [mirrors]                               # further copies
  "grafana/*" = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/grafana/*"
  [severities]                            # "error", "warning" or "off"
  no-mirror = "error"
A line "# ecr-public-pull: ignore[rule] reason" silences a rule for the line below it.
"""
_CHECK = f"""\
Prints each finding as "path:line:column: severity: message [rule]", the line, and the
remedy. Only errors make the exit status 1.

{_PATHS}
{_CONFIG}"""
_FIX = f"""\
Rewrites Dockerfiles in place so that they pull from the copies. Only the bytes that name a
repository change. What cannot be moved is printed, and makes the exit status 1 if it is an
error. Each file is replaced as a whole or not at all; it keeps its mode and, where the
system permits, its owner. A symbolic link, a read-only file and a file that changes
meanwhile are left alone (exit status 2). Of a file with several hard links, the link that
was named is replaced, and the others keep the old content.

{_PATHS}With -, the standard input is read and the result written to the standard output.

{_CONFIG}"""
_PULLS = f"""\
Lists every image that a build pulls: FROM, COPY --from, RUN --mount=from=, # syntax= and
ONBUILD, with its copy or the reason why there is none. The exit status is 0 even where a
file has an error; BuildKit's refusals are printed on the standard error, or as "error" in
the JSON.

{_PATHS}
{_CONFIG}"""
_LOGIN = """\
Prints the shell commands that log docker in to public.ecr.aws, as this library puts them
into buildspecs: aws ecr-public get-login-password in us-west-2, or else in us-east-1, piped
into docker login. They need the aws and docker commands and AWS credentials. The exit
status of --run is 0 after a login, and 1 without one.
"""
_POLICY = f"""\
Prints the BuildKit source policy that makes docker build pull images of Docker Hub from their
copies, whatever the Dockerfile says. docker build, docker buildx build, docker buildx bake and
docker compose build read it from the file that EXPERIMENTAL_BUILDKIT_SOURCE_POLICY names, with
Docker 24 and buildx 0.11 or newer. Builders without BuildKit do not.

IMAGE is a name or a pattern: docker/dockerfile, node:custom, "myorg/*".

{_CONFIG}"""

_ENGINES = ("docker", "buildkit", "podman", "containerd")
_MIRROR = """\
Prints the configuration by which an engine asks public.ecr.aws for the images of Docker Hub,
and Docker Hub for what is not there or not to be had. (A policy has no way back to Docker Hub.)
ENGINE is docker, for Docker 28.0 and newer; buildkit, for the builders that docker buildx
create makes; podman, for Buildah, too; or containerd. It works by path, for whole registries:
the mirrors of ecr-public-pull.toml are not part of it.

With --write it is put where the engine reads it, as a whole or not at all:
  docker      /etc/docker/certs.d/docker.io/hosts.toml
  buildkit    buildkitd.default.toml in $BUILDX_CONFIG, $DOCKER_CONFIG/buildx or
              ~/.docker/buildx; docker buildx create --driver=remote fails while it is there
  podman      /etc/containers/registries.conf.d/ecr-public-pull.conf, or the same in
              ~/.config/containers for users other than root
  containerd  /etc/containerd/certs.d/docker.io/hosts.toml
Where something else is said of docker.io already, nothing is written, and a message says what
(exit status 1). A rootless Docker reads ~/.config/docker/certs.d, a rootless nerdctl
~/.config/containerd/certs.d: put there what is printed.

Podman asks public.ecr.aws for official images alone, the others for every image of Docker
Hub: the names of private ones are seen there.
"""


def _formatter(prog: str) -> argparse.HelpFormatter:
    # Without a width argparse imports shutil to ask the terminal, at every start.
    return argparse.RawDescriptionHelpFormatter(prog, width=_WIDTH)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say what is wrong; a file's name in the message may hold control characters."""
        super().error(escape_controls(message))


def parser() -> argparse.ArgumentParser:
    """The parser of the command line; ``command`` names the module ``COMMAND_command``."""
    main = _Parser(
        prog="ecr-public-pull",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=_formatter,
        allow_abbrev=False,
    )
    main.add_argument("--version", action=_Version, help="print the version and exit")
    # With its own prog, argparse need not format the usage, for which it imports shutil.
    commands = main.add_subparsers(
        required=True, metavar="COMMAND", dest="command", prog="ecr-public-pull"
    )
    check = _command(commands, "check", "say what is pulled from Docker Hub", _CHECK)
    fix = _command(commands, "fix", "move the pulls to ECR Public, in place", _FIX)
    fix.add_argument("--diff", action="store_true", help="show the changes, make none")
    fix.add_argument(
        "--unsafe-fixes",
        action="store_true",
        help="move images that are pinned by a digest, too: their copies may have another one",
    )
    pulls = _command(commands, "pulls", "list every image that a build pulls", _PULLS)
    _add_conditions(pulls)
    for command in (check, fix, pulls):
        command.add_argument("paths", nargs="+", metavar="PATH", help="a file, a folder, or -")
    policy = _command(commands, "policy", "print what moves the pulls of docker build", _POLICY)
    _add_policy_options(policy)
    mirror = _command(
        commands, "mirror", "print what moves the pulls of an engine, or write it", _MIRROR
    )
    mirror.add_argument("engine", choices=_ENGINES, metavar="ENGINE", help=", ".join(_ENGINES))
    mirror.add_argument("--write", action="store_true", help="put it where the engine reads it")
    for command in (check, fix, pulls, policy):
        command.add_argument(
            "--config", metavar="FILE", help="read this configuration, not the nearest one"
        )
    for command in (check, pulls):
        command.add_argument(
            "--format",
            choices=("text", "json"),
            default="text",
            help="text for people (the default), json for programs",
        )
    login = _command(commands, "login", "print the commands that log in to ECR Public", _LOGIN)
    login.add_argument("--run", action="store_true", help="run them, with sh")
    login.add_argument(
        "--optional", action="store_true", help="without a login, warn and go on: status 0"
    )
    return main


def _command(
    commands: argparse._SubParsersAction[_Parser], name: str, summary: str, description: str
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=summary,
        description=description,
        formatter_class=_formatter,
        allow_abbrev=False,
    )


def _add_conditions(pulls: argparse.ArgumentParser) -> None:
    pulls.add_argument(
        "--build-arg",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        type=_build_arg,
        help="a build argument, as for docker build; may be repeated",
    )
    pulls.add_argument(
        "--target",
        metavar="STAGE",
        help="the stage to build; the last one by default",
    )
    pulls.add_argument(
        "--platform",
        default=DEFAULT_PLATFORM,
        type=_platform,
        metavar="OS/ARCH",
        help=f"the platform to build for; {DEFAULT_PLATFORM} by default",
    )


def _add_policy_options(policy: argparse.ArgumentParser) -> None:
    policy.add_argument(
        "--enforce", action="store_true", help="stop a build at an image without a copy"
    )
    policy.add_argument(
        "--allow",
        action="append",
        default=[],
        metavar="IMAGE",
        help="pull this image as it is written; may be repeated",
    )
    policy.add_argument(
        "--shell",
        action="store_true",
        help="print the shell command that writes the policy and sets the variable",
    )


class _Version(argparse.Action):
    def __init__(self, option_strings: list[str], dest: str, help: str | None = None) -> None:  # noqa: A002  (argparse's name)
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        print(f"{parser.prog} {__version__}")
        parser.exit()


def _build_arg(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=VALUE")
    return name, value


def _platform(text: str) -> str:
    try:
        parse_platform(text)
    except InvalidPlatform as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text
