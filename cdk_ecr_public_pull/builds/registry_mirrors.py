"""Registry mirrors: engines' own configurations, which move pulls by path and can fall back.

Whatever an engine wants from Docker Hub it asks for on public.ecr.aws first: ``NAME`` of
``docker.io`` as ``docker/NAME``. What is not there, or not to be had, comes from Docker Hub.
"""

from __future__ import annotations

from cdk_ecr_public_pull.images.mirrors import ECR_PUBLIC

DOCKER_HOSTS_FILE = "/etc/docker/certs.d/docker.io/hosts.toml"
"""What Docker 28.0 and newer reads at each pull: https://github.com/moby/moby/pull/47380."""

DOCKER_MIRROR = f"https://{ECR_PUBLIC}/v2/docker"
"""Where an engine finds ``docker.io/NAME`` as ``/NAME``."""

# Without `override_path` the engine would ask below /v2/docker/v2/. Versions that do not know
# `dial_timeout` pass over it (Docker before 28.3, containerd before 2.1), and wait longer for
# a registry that is out of reach. Without a `server` the last host is Docker Hub.
DOCKER_HOSTS_TOML = f"""\
[host."{DOCKER_MIRROR}"]
capabilities = ["pull", "resolve"]
override_path = true
dial_timeout = "5s"
"""
"""A ``hosts.toml``: https://github.com/containerd/containerd/blob/main/docs/hosts.md."""

BUILDKITD_TOML = f"""\
[registry."docker.io"]
mirrors = ["{ECR_PUBLIC}/docker"]
"""
"""A ``buildkitd.toml``: https://github.com/moby/buildkit/blob/master/docs/buildkitd.toml.md."""

REGISTRIES_CONF = f"""\
[[registry]]
location = "docker.io/library"

[[registry.mirror]]
location = "{ECR_PUBLIC}/docker/library"
"""
"""A ``registries.conf``: containers-registries.conf(5), of Podman, Buildah, Skopeo and CRI-O."""
