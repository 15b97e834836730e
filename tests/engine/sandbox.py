"""A Debian in mount and process namespaces of its own, gone with all in it when it is closed."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# Changes go to memory, over a Debian that stays as it is. The folders of Docker and of Podman
# are beside them, because their overlays cannot lie on another overlay. With chroot alone, what
# enters a container, as `docker exec` does, would find the machine's root folder.
_START = """\
set -eu
mount --make-rprivate /
mount -t tmpfs -o size=8g tmpfs "$2"
mkdir "$2/changes" "$2/work" "$2/root"
mount -t overlay -o "lowerdir=$1,upperdir=$2/changes,workdir=$2/work" overlay "$2/root"
cd "$2/root"
mount -t proc proc proc
mount --rbind /dev dev
mount --rbind /sys sys
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
for images in var/lib/docker var/lib/containers; do
    mkdir -p "$images"
    mount -t tmpfs -o size=4g tmpfs "$images"
done
: > etc/resolv.conf
mkdir old
pivot_root . old
exec /usr/sbin/chroot . sh -c 'busybox umount -l /old && rmdir /old && echo ready && exec cat'
"""

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What came of a script: its status, and all that it printed."""

    status: int
    output: str


class Sandbox:
    """The namespaces, and what runs in them.

    Args:
        debian: The folder with the Debian.
        folder: An empty folder, where it is mounted, for the sandbox alone.
    """

    def __init__(self, debian: Path, folder: Path) -> None:
        self._started: list[subprocess.Popen[str]] = []
        self._holder = subprocess.Popen(
            # When the tests end, however they do, so does the cat, and with it the namespace
            # and all its processes.
            [
                *("unshare", "--mount", "--pid", "--fork", "--kill-child"),
                *("sh", "-c", _START, "sh", str(debian), str(folder)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._holder.stdout is not None
        assert self._holder.stdout.readline() == "ready\n"
        children = Path(f"/proc/{self._holder.pid}/task/{self._holder.pid}/children")
        self._pid = children.read_text("ascii").split()[0]

    def run(
        self,
        script: str,
        *arguments: str,
        shell: str = "sh",
        environment: Mapping[str, str] | None = None,
        stdin: str = "",
        timeout: float = 120,
    ) -> Ran:
        """Run a shell script.

        Args:
            script: The script.
            arguments: Its ``$1`` and so on.
            shell: The shell.
            environment: All that its environment has besides PATH and HOME.
            stdin: Its standard input.
            timeout: How many seconds it may take.
        """
        done = subprocess.run(
            self._command(script, *arguments, shell=shell),
            env=_environment(environment),
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            timeout=timeout,
        )
        return Ran(status=done.returncode, output=done.stdout)

    def check(self, script: str, *arguments: str, stdin: str = "") -> str:
        """Run a script that must succeed; returns what it printed."""
        ran = self.run(script, *arguments, stdin=stdin)
        assert ran.status == 0, ran.output
        return ran.output

    def start(self, script: str, *, log: str) -> None:
        """Start a program that runs until the sandbox is closed.

        Args:
            script: The command that starts it.
            log: The file in the sandbox that takes its output.
        """
        command = self._command(f"exec {script} >{log} 2>&1")
        self._started.append(subprocess.Popen(command, env=_environment(None), text=True))

    def write(self, name: str, content: str | bytes, *, mode: int = 0o644) -> None:
        """Make a file, and the folders above it."""
        data = content.encode() if isinstance(content, str) else content
        script = 'mkdir -p "${1%/*}" && cat > "$1" && chmod "$2" "$1"'
        subprocess.run(
            self._command(script, name, f"{mode:o}"),
            env=_environment(None),
            input=data,
            check=True,
        )

    def read(self, name: str) -> bytes:
        """The content of a file."""
        command = self._command('cat "$1"', name)
        return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout

    def close(self) -> None:
        """End all that runs in the sandbox, and wait for it."""
        self._holder.communicate()
        for process in self._started:
            process.wait()

    def enter(self) -> list[str]:
        """The command that runs the one that follows it in the sandbox."""
        return ["nsenter", "--mount", "--pid", "--target", self._pid]

    def _command(self, script: str, *arguments: str, shell: str = "sh") -> list[str]:
        return [*self.enter(), shell, "-c", script, shell, *arguments]


def wait_until(is_ready: object, *, seconds: float, what: str) -> None:
    """Wait for something that takes its time.

    Args:
        is_ready: A function without arguments that says whether it is there.
        seconds: How long to wait.
        what: Its name, for the error.
    """
    assert callable(is_ready)
    end = time.monotonic() + seconds
    while not is_ready():
        assert time.monotonic() < end, f"{what} did not come up in {seconds} s"
        time.sleep(0.1)


def _environment(given: Mapping[str, str] | None) -> dict[str, str]:
    return {"PATH": _PATH, "HOME": "/root", **(given or {})}
