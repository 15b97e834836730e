"""The fields of a mount that BuildKit refuses when it runs the instruction."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.dockerfile.mounts import refuse_mount
from cdk_ecr_public_pull.dockerfile.pulls import DockerfileError, find_pulls

ACCEPTED = [
    "type=cache,target=/root/.npm,sharing=LOCKED,mode=0755,uid=0,gid=0,id=npm",
    "target=/x,from=nginx,source=/a,ro",
    "type=bind,readwrite=true,dst=/x",
    "type=tmpfs,size=64m,target=/x",
    "type=secret,id=token,required",
    "type=secret,target=/x,env=TOKEN,mode=400",
    "type=ssh,required=1",
    "type=$TYPE,foo=bar",
    "type=tmpfs,size=0",
    "type=tmpfs,size=.5kB",
    "type=tmpfs,size=1e3 KIB",
    "type=tmpfs,size=1.B",
    "type=cache,mode=37777777777,uid=4294967295",
]
REFUSED = {
    "type=foo,target=/x": 'unsupported mount type "foo"',
    "foo": "invalid field 'foo' must be a key=value pair",
    "bar=1": "unexpected key 'bar' in 'bar=1'",
    "required,type=secret,id=x": "unexpected key 'required' for mount type 'bind'",
    "type=cache,sharing=none": 'unsupported sharing value "none"',
    "type=cache,mode=9": "invalid value 9 for mode",
    "mode=1": 'mode not allowed for "bind" type mounts',
    "size=1": "unexpected key 'size' for mount type 'bind'",
    "type=tmpfs,size=big": "invalid value for size: big",
    "type=tmpfs,size=1i": "invalid value for size: 1i",
    "type=tmpfs,size=-1": "invalid value for size: -1",
    "type=tmpfs,size=1e999": "invalid value for size: 1e999",
    "type=cache,mode=40000000000": "invalid value 40000000000 for mode",
    "type=cache,uid=4294967296": "invalid value 4294967296 for uid",
    "type=cache,gid=+1": "invalid value +1 for gid",
    "ro=maybe": "invalid value for ro: maybe",
    "sharing=shared": "invalid cache sharing set for bind mount",
    "type=secret": "invalid secret mount. one of source, target required",
    "type=secret,id=x,src=y": "both source and id can't be set",
    "type=secret,id=x,from=a": "secret mount should not have a from",
    "type=secret,id=x,sharing=shared": "secret mount should not define sharing",
}


@pytest.mark.parametrize("mount", ACCEPTED)
def test_accepted(mount: str) -> None:
    """BuildKit runs these, or only the build can tell."""
    assert refuse_mount(mount.split(",")) is None


@pytest.mark.parametrize(("mount", "cause"), REFUSED.items())
def test_refused(mount: str, cause: str) -> None:
    """Each cause in BuildKit's words, at the mount."""
    assert refuse_mount(mount.split(",")) == cause
    found = find_pulls(f"FROM scratch\nRUN --mount={mount} ls\n".encode())
    assert found.error == DockerfileError(message=cause, line=2, column=13)
