"""A registry that has every image, and remembers which it was asked for."""

from __future__ import annotations

import threading

from tests.engine.https import Answer, Request
from tests.engine.images import Blobs, Image, blobs_of

HOST = "recorder.test"


class Recorder:
    """The registry; each of its images has one small file.

    Attributes:
        asked: The names and tags that were asked for, as ``NAME:TAG``.
    """

    def __init__(self) -> None:
        self.asked: set[str] = set()
        self._blobs: Blobs = blobs_of(Image(files={"file": b""}, environment={}))
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Answer:
        """Give a manifest or a blob, without asking who wants it."""
        name, _, what = request.path.removeprefix("/v2/").rpartition("/")
        if name.endswith("/manifests"):
            if not what.startswith("sha256:"):
                with self._lock:
                    self.asked.add(f"{name.removesuffix('/manifests')}:{what}")
            headers = {
                "Content-Type": self._blobs.media_type,
                "Docker-Content-Digest": self._blobs.digest,
            }
            return Answer(status=200, headers=headers, body=self._blobs.manifest)
        return Answer(status=200, body=self._blobs.by_digest.get(what, b""))
