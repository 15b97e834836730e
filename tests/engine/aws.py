"""An AWS to deploy to: moto's, on this machine."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.engine.ports import free_port, listens
from tests.engine.sandbox import wait_until
from tests.engine.world import ACCOUNT, REGION

_ROOT = Path(__file__).parent.parent.parent
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
}


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
        self._cdk("bootstrap", f"aws://{ACCOUNT}/{REGION}", cwd=self.folder)

    def deploy(self, app: Path) -> None:
        """Run the real ``cdk deploy`` on an app."""
        output = str(self.folder / app.stem)
        command = f"{sys.executable} {app}"
        choices = ("--all", "--method=direct", "--require-approval=never", "--output", output)
        self._cdk("deploy", "--app", command, *choices, cwd=_ROOT)

    def templates(self) -> str:
        """The text of all templates that were deployed."""
        return "\n".join(
            path.read_text("utf-8") for path in sorted(self.folder.rglob("*.template.json"))
        )

    def _cdk(self, *arguments: str, cwd: Path) -> None:
        environment = {
            # The machine's own settings of AWS stay out of it.
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            **CREDENTIALS,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
            "PYTHONPATH": str(_ROOT),
        }
        done = subprocess.run(
            ["cdk", *arguments, "--ci"],
            cwd=cwd,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=180,
        )
        assert done.returncode == 0, done.stdout


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
