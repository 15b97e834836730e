"""An AWS to deploy to: moto's, on this machine."""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.engine.ports import free_port, listens
from tests.engine.sandbox import Ran, Sandbox, wait_until
from tests.engine.world import ACCOUNT, REGION

_ROOT = Path(__file__).parent.parent.parent
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
}
# A docker for a program outside the sandbox: the folder that it builds goes along.
_DOCKER = """\
#!/bin/sh
place=/assets/$$
[ "$1" != build ] || tar -c . | {enter} sh -c 'mkdir -p "$1" && tar -x -C "$1"' sh $place
exec {enter} sh -c 'mkdir -p "$1" && cd "$1" && shift && exec docker "$@"' sh $place "$@"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aws:
    """The AWS.

    Attributes:
        endpoint: Its address. With a number for a host, moto knows no buckets.
        folder: A folder for what the CDK writes.
    """

    endpoint: str
    folder: Path

    def bootstrap(self) -> None:
        """Run the real ``cdk bootstrap``."""
        _checked(self._cdk("bootstrap", f"aws://{ACCOUNT}/{REGION}", cwd=self.folder))

    def deploy(self, app: Path) -> None:
        """Run the real ``cdk deploy`` on an app."""
        output = str(self.folder / app.stem)
        # Python is first on PATH, and the app is named from where the CLI runs: it takes away
        # the quotes that a path with a space would need.
        command = f"python {app.relative_to(_ROOT)}"
        choices = ("--all", "--method=direct", "--require-approval=never", "--output", output)
        _checked(self._cdk("deploy", "--app", command, *choices, cwd=_ROOT))

    def publish_assets(self, assembly: str, stacks: Iterable[str], sandbox: Sandbox) -> Ran:
        """Run the real ``cdk publish-assets``, which builds the images of stacks and pushes them.

        Args:
            assembly: The folder of the synthesized app.
            stacks: The stacks.
            sandbox: Where Docker is.
        """
        docker = self.folder / "docker"
        docker.write_text(_DOCKER.format(enter=shlex.join(sandbox.enter())), "utf-8")
        docker.chmod(0o755)
        return self._cdk(
            *("publish-assets", *stacks, "--app", assembly, "--unstable=publish-assets"),
            cwd=self.folder,
            environment={"CDK_DOCKER": str(docker)},
        )

    def templates(self) -> str:
        """The text of all templates that were deployed."""
        return "\n".join(
            path.read_text("utf-8") for path in sorted(self.folder.rglob("*.template.json"))
        )

    def _cdk(self, *arguments: str, cwd: Path, environment: Mapping[str, str] | None = None) -> Ran:
        variables = {
            # The machine's own settings of AWS stay out of it.
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            **CREDENTIALS,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
            "PYTHONPATH": str(_ROOT),
            **(environment or {}),
        }
        done = subprocess.run(
            ["cdk", *arguments, "--ci"],
            cwd=cwd,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=180,
        )
        return Ran(status=done.returncode, output=done.stdout)


def _checked(ran: Ran) -> None:
    assert ran.status == 0, ran.output


@contextlib.contextmanager
def new_aws(folder: Path) -> Iterator[Aws]:
    """Start an AWS, and end it afterwards.

    Args:
        folder: An empty folder.
    """
    port = free_port()
    log = (folder / "moto.log").open("wb")
    moto = subprocess.Popen(
        [sys.executable, "-m", "tests.engine.moto_server", str(port)],
        cwd=_ROOT,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        wait_until(lambda: listens(port), seconds=60, what="moto")
        yield Aws(endpoint=f"http://localhost:{port}", folder=folder)
    finally:
        moto.kill()
        moto.wait()
        log.close()
