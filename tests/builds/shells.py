"""A fake aws and a fake docker, and shells that find them on PATH."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TOKEN = "eyJ0b2tlbiI6InNlY3JldCJ9"

# The shells that CodeBuild may run commands in, as strict as a user may have made them.
SHELLS = (
    ("dash",),
    ("dash", "-eu"),
    ("bash",),
    ("bash", "-eu", "-o", "pipefail"),
    ("bash", "--posix", "-u"),
)

WEST = "ecr-public get-login-password --region us-west-2"
EAST = "ecr-public get-login-password --region us-east-1"

FAKE_AWS = f"""#!/bin/sh
printf '%s\\n' "$*" >> "$RECORDS/aws"
case " $AWS_REFUSES " in *" $4 "*)
  echo "aws: error: AccessDenied at $4" >&2
  exit "$AWS_STATUS"
esac
if [ -z "$AWS_IS_SILENT" ]; then echo {TOKEN}; fi
"""

# It reads all of its input first, as the real one does, so that the order of the output is fixed.
FAKE_DOCKER = """#!/bin/sh
if [ "$*" = 'version --format {{.Client.Version}}' ]; then
  # As without an engine. Nobody asks how often.
  echo "$DOCKER_CLIENT"
  echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.' >&2
  exit 1
fi
printf '%s\\n' "$*" >> "$RECORDS/docker"
if [ "$1" = info ]; then
  if [ -n "$DOCKER_ENGINE" ]; then
    echo "$DOCKER_ENGINE default null [name=seccomp,profile=builtin] [${DOCKER_BUILDX:+buildx}]"
  else
    # What it knows before it finds that there is no engine.
    printf ' default '
    echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.' >&2
    exit 1
  fi
  exit
elif [ "$1" = buildx ]; then
  echo "$DOCKER_BUILDX"
  exit
elif [ "$1" = logout ]; then
  echo "Removing login credentials for $2"
  exit "$LOGOUT_STATUS"
fi
cat > "$RECORDS/stdin"
if [ ! -s "$RECORDS/stdin" ]; then
  echo 'Error: Cannot perform an interactive login from a non TTY device' >&2
  exit 1
elif [ -n "$DOCKER_REFUSES" ] || [ "$(wc -l < "$RECORDS/docker")" -le "$DOCKER_REFUSES_FIRST" ]
then
  echo 'Error response from daemon: login attempt failed' >&2
  exit 1
fi
echo 'Login Succeeded'
"""

# A clock that goes on by so many seconds each time that it is read, and a waiting that takes none.
FAKE_DATE = """#!/bin/sh
echo >> "$RECORDS/clock"
echo $(($(wc -l < "$RECORDS/clock") * CLOCK_STEP))
"""
FAKE_SLEEP = """#!/bin/sh
printf '%s\\n' "$*" >> "$RECORDS/sleep"
"""
# What is random, less what makes the waiting longer.
FAKE_OD = """#!/bin/sh
echo " $RANDOM_BYTE"
"""

FAKES = {
    "aws": FAKE_AWS,
    "date": FAKE_DATE,
    "docker": FAKE_DOCKER,
    "od": FAKE_OD,
    "sleep": FAKE_SLEEP,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of a run: all that it showed, and what the fakes were called with."""

    status: int
    output: str
    aws: tuple[str, ...] = ()
    docker: tuple[str, ...] = ()
    sleep: tuple[str, ...] = ()


def run(
    folder: Path,
    script: str,
    *,
    shell: Sequence[str],
    environment: Mapping[str, str],
    fakes: Mapping[str, str],
) -> Run:
    """Run a script with nothing on PATH before the fakes; the project is in Tokyo."""
    for name, text in fakes.items():
        program = folder / name
        program.write_text(text, encoding="utf-8")
        program.chmod(0o755)
    records = folder / "records"
    records.mkdir()
    done = subprocess.run(
        [*shell, "-c", script],
        env={
            "PATH": f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin",
            "RECORDS": str(records),
            "AWS_REGION": "ap-northeast-1",
            "AWS_DEFAULT_REGION": "ap-northeast-1",
            "AWS_REFUSES": "",
            "AWS_IS_SILENT": "",
            "AWS_STATUS": "254",
            "DOCKER_CLIENT": "26.1.5+dfsg1",
            "DOCKER_REFUSES": "",
            "DOCKER_REFUSES_FIRST": "0",
            "DOCKER_ENGINE": "26.1.5+dfsg1",
            "DOCKER_BUILDX": "github.com/docker/buildx 0.13.1+ds1 1",
            "LOGOUT_STATUS": "0",
            "CLOCK_STEP": "1",
            "RANDOM_BYTE": "0",
            **environment,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=60,
    )
    calls = {
        name: tuple(path.read_text(encoding="utf-8").splitlines()) if path.exists() else ()
        for name in ("aws", "docker", "sleep")
        for path in [records / name]
    }
    return Run(status=done.returncode, output=done.stdout, **calls)
