"""Small images, put straight into a docker-registry."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass

_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
_CONFIG = "application/vnd.docker.container.image.v1+json"
_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image of one layer.

    Attributes:
        files: Its files, all executable, by their paths; a text that starts with ``->`` is
            a link to what follows.
        environment: Its environment.
    """

    files: Mapping[str, bytes | str]
    environment: Mapping[str, str]


def busybox_image(busybox: bytes, *, files: Mapping[str, bytes | str] | None = None) -> Image:
    """An image with a shell and the usual tools.

    Args:
        busybox: The program, linked statically.
        files: What else is in it.
    """
    tools = "awk cat cp echo env ls mkdir mv rm sed sh sleep test touch true wc"
    links = {f"bin/{name}": "->/bin/busybox" for name in tools.split()}
    return Image(
        files={"bin/busybox": busybox, **links, **(files or {})},
        environment={"PATH": "/usr/local/bin:/bin"},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Blobs:
    """An image as a registry has it.

    Attributes:
        media_type: The manifest's media type.
        manifest: The manifest.
        digest: Its digest.
        by_digest: The layer and the configuration.
    """

    media_type: str
    manifest: bytes
    digest: str
    by_digest: Mapping[str, bytes]


def blobs_of(image: Image) -> Blobs:
    """Make the blobs of an image."""
    tar = _tar(image.files)
    layer = gzip.compress(tar, mtime=0)
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Env": [f"{key}={value}" for key, value in image.environment.items()]},
            "rootfs": {"type": "layers", "diff_ids": [_digest(tar)]},
        }
    ).encode()
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": _descriptor(_CONFIG, config),
            "layers": [_descriptor(_LAYER, layer)],
        }
    ).encode()
    return Blobs(
        media_type=_MANIFEST,
        manifest=manifest,
        digest=_digest(manifest),
        by_digest={_digest(blob): blob for blob in (layer, config)},
    )


def put_image(port: int, repository: str, tag: str, image: Image) -> None:
    """Put an image into the registry on a port of this machine.

    Args:
        port: The registry's port.
        repository: Where to.
        tag: Under which tag.
        image: The image.
    """
    blobs = blobs_of(image)
    for blob in blobs.by_digest.values():
        _put_blob(port, repository, blob)
    place = f"/v2/{repository}/manifests/{tag}"
    _send(port, "PUT", place, blobs.manifest, blobs.media_type)


def _tar(files: Mapping[str, bytes | str]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for folder in ("bin", "tmp", "usr", "usr/local", "usr/local/bin"):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(entry)
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.mode = 0o755
            if isinstance(content, str) and content.startswith("->"):
                entry.type, entry.linkname = tarfile.SYMTYPE, content.removeprefix("->")
                tar.addfile(entry)
                continue
            data = content.encode() if isinstance(content, str) else content
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return stream.getvalue()


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _descriptor(media_type: str, data: bytes) -> dict[str, object]:
    return {"mediaType": media_type, "size": len(data), "digest": _digest(data)}


def _put_blob(port: int, repository: str, data: bytes) -> None:
    place = _send(port, "POST", f"/v2/{repository}/blobs/uploads/", b"", None)
    query = place[place.index("/v2/") :]
    _send(port, "PUT", f"{query}&digest={_digest(data)}", data, "application/octet-stream")


def _send(port: int, method: str, path: str, body: bytes, content_type: str | None) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        headers = {"Content-Type": content_type} if content_type else {}
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        text = response.read()
        assert response.status in {201, 202}, (method, path, response.status, text)
        return response.headers.get("Location", "")
    finally:
        connection.close()
