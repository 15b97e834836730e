"""The world that a build sees: a Docker engine, registries and an AWS, all on this machine."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.engine.debian import debian_folder
from tests.engine.ecr_public_api import LOGIN_REGIONS, EcrPublicApi, host_of
from tests.engine.engines import Engine
from tests.engine.https import HttpsServer, Service
from tests.engine.images import busybox_image, put_image
from tests.engine.ports import free_port, listens
from tests.engine.recorder import HOST, Recorder
from tests.engine.registry import HUB_LIMIT, Registry
from tests.engine.sandbox import Sandbox, wait_until
from tests.engine.tls import server_context

ACCOUNT = "123456789012"
REGION = "us-east-1"
PRIVATE_REGISTRY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"

_BACKEND = """\
version: 0.1
log: {{level: error}}
storage: {{filesystem: {{rootdirectory: {folder}}}}}
http: {{addr: "127.0.0.1:{port}", secret: {secret}}}
"""
_DOCKERD = "dockerd --iptables=false --ip6tables=false --bridge=none --max-concurrent-downloads=10"
# Its containerd goes with it. What an engine has learned of registries, it forgets only so.
_END_DOCKER = """\
process=$(cat /run/docker.pid) && kill -9 "$process"
while [ -e "/proc/$process" ]; do sleep 0.02; done
rm -rf /run/docker* /var/lib/docker/* /etc/docker
"""
# An engine without a bridge has no network for RUN, as CodeBuild's would.
_DOCKER = """\
#!/bin/sh
case $1 in build) shift; set -- build --network=none "$@" ;; esac
exec /usr/bin/docker "$@"
"""
# The sample's build step is a Node program; this image has none, and does the like.
_NODE = "#!/bin/sh\nmkdir -p dist && sed 's/^/<p>/' page.txt > dist/index.html\n"

PUBLIC_IMAGES = {
    "node": ("21.7.0-alpine3.19", "21", "latest"),
    "busybox": ("1.36.1-musl", "latest"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All of it.

    Attributes:
        engine: Which Docker engine it has.
        sandbox: What builds run in, with that engine.
        hub: Docker Hub; at first it lets nobody pull.
        public: public.ecr.aws.
        private: The account's own ECR.
        api: The API of ECR Public.
        recorder: A registry that has every image.
        busybox: The program that the images are made of.
    """

    engine: Engine
    sandbox: Sandbox
    hub: Registry
    public: Registry
    private: Registry
    api: EcrPublicApi
    recorder: Recorder
    busybox: bytes = field(repr=False)

    def reset(self) -> None:
        """Forget all that happened in the registries, and start a new engine."""
        for registry in (self.hub, self.public, self.private):
            registry.reset()
        self.hub.pulls_left = 0
        # The password that moto's ECR gives.
        self.private.passwords.add(f"{ACCOUNT}-auth-token")
        self.api.reset()
        self.sandbox.check(
            f"{_END_DOCKER} rm -rf /root/.docker /codebuild /context /tmp/* /var/lib/containers/*"
        )
        start_docker(self.sandbox, self.engine)


@contextlib.contextmanager
def new_world(engine: Engine, folder: Path) -> Iterator[World]:
    """Make a world, and end it afterwards.

    Args:
        engine: Its Docker engine.
        folder: An empty folder.
    """
    mounted = folder / "sandbox"
    mounted.mkdir()
    with contextlib.ExitStack() as stack:
        sandbox = Sandbox(debian_folder(engine.suite), mounted)
        stack.callback(sandbox.close)
        hub, public, private = _registries(sandbox)
        api = EcrPublicApi(passwords=public.passwords)
        recorder = Recorder()
        services: dict[str, Service] = {
            hub.host: hub,
            hub.auth_host: hub,
            public.host: public,
            private.host: private,
            HOST: recorder,
            **{host_of(region): api for region in LOGIN_REGIONS},
        }
        context = server_context(sandbox, services, folder)
        addresses = _addresses(services)
        for service in (hub, public, private, api, recorder):
            server = HttpsServer(addresses[id(service)], context, service)
            stack.callback(server.close)
        hosts = [f"{addresses[id(service)]} {host}" for host, service in services.items()]
        sandbox.write("/etc/hosts", "\n".join(["127.0.0.1 localhost", *hosts, ""]))
        sandbox.write("/usr/local/bin/docker", _DOCKER, mode=0o755)
        start_docker(sandbox, engine)
        busybox = sandbox.read("/bin/busybox")
        _fill(public.backend, busybox)
        yield World(
            engine=engine,
            sandbox=sandbox,
            hub=hub,
            public=public,
            private=private,
            api=api,
            recorder=recorder,
            busybox=busybox,
        )


def start_docker(sandbox: Sandbox, engine: Engine) -> None:
    """Start an engine, and wait until it answers."""
    sandbox.start(f"{_DOCKERD} {engine.options}", log="/var/log/dockerd")
    wait_until(
        lambda: sandbox.run("docker version").status == 0, seconds=60, what="the Docker engine"
    )


def _registries(sandbox: Sandbox) -> tuple[Registry, Registry, Registry]:
    public, private = _backend(sandbox, "public"), _backend(sandbox, "private")
    return (
        Registry(
            host="registry-1.docker.io",
            auth_host="auth.docker.io",
            auth_path="/token",
            backend=public,
            # Docker Hub has the same images, under the names without what comes before them.
            folder="docker/",
            pulls_left=0,
            limit=HUB_LIMIT,
        ),
        Registry(
            host="public.ecr.aws", auth_host="public.ecr.aws", auth_path="/token/", backend=public
        ),
        Registry(
            host=PRIVATE_REGISTRY, auth_host=PRIVATE_REGISTRY, auth_path="/token", backend=private
        ),
    )


def _backend(sandbox: Sandbox, name: str) -> int:
    port = free_port()
    config = _BACKEND.format(folder=f"/var/lib/{name}", port=port, secret=secrets.token_hex())
    sandbox.write(f"/etc/{name}.yml", config)
    sandbox.start(f"docker-registry serve /etc/{name}.yml", log=f"/var/log/registry-{name}")
    wait_until(lambda: listens(port), seconds=30, what=f"the registry {name}")
    return port


def _addresses(services: dict[str, Service]) -> dict[int, str]:
    """A loopback address for each service, unlike those of another run on this machine."""
    start = f"127.{100 + os.getpid() % 100}.{os.getpid() // 100 % 250}"
    different = dict.fromkeys(id(service) for service in services.values())
    return {key: f"{start}.{number}" for number, key in enumerate(different, start=1)}


def _fill(port: int, busybox: bytes) -> None:
    for name, tags in PUBLIC_IMAGES.items():
        image = busybox_image(busybox, files={"usr/local/bin/node": _NODE})
        for tag in tags:
            put_image(port, f"docker/library/{name}", tag, image)
