"""A fake aws and a fake docker, and shells that find them on PATH."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TOKEN = "eyJ0b2tlbiI6InNlY3JldCJ9"

FAKE_AWS = f"""#!/bin/sh
printf '%s\\n' "$*" >> "$RECORDS/aws"
case " $AWS_REFUSES " in *" $4 "*)
  echo "aws: error: AccessDenied at $4" >&2
  exit 254
esac
if [ -z "$AWS_IS_SILENT" ]; then echo {TOKEN}; fi
"""

# It reads all of its input first, as the real one does, so that the order of the output is fixed.
FAKE_DOCKER = """#!/bin/sh
printf '%s\\n' "$*" >> "$RECORDS/docker"
if [ "$1" = version ]; then
  echo "$DOCKER_ENGINE"
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
elif [ -n "$DOCKER_REFUSES" ]; then
  echo 'Error response from daemon: login attempt failed' >&2
  exit 1
fi
echo 'Login Succeeded'
"""

FAKES = {"aws": FAKE_AWS, "docker": FAKE_DOCKER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of a run: all that it showed, and what aws and docker were called with."""

    status: int
    output: str
    aws: tuple[str, ...] = ()
    docker: tuple[str, ...] = ()


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
            "DOCKER_REFUSES": "",
            "DOCKER_ENGINE": "26.1.5+dfsg1",
            "DOCKER_BUILDX": "github.com/docker/buildx 0.13.1+ds1 1",
            "LOGOUT_STATUS": "0",
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
        for name in ("aws", "docker")
        for path in [records / name]
    }
    return Run(status=done.returncode, output=done.stdout, aws=calls["aws"], docker=calls["docker"])
