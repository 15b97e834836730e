"""The text of the login commands, and what they need."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from ruamel.yaml import YAML

from cdk_ecr_public_pull.builds.commands.messages import MARKER
from cdk_ecr_public_pull.builds.login import (
    LOGIN_ACTIONS,
    LoginRegion,
    login_commands,
    login_statement,
)


def test_text() -> None:
    """What a reader of the buildspec sees."""
    expected = """\
# cdk_ecr_public_pull: log in to public.ecr.aws
if [ "${ECR_PUBLIC_PULL:-}" = off ]; then
  echo 'cdk_ecr_public_pull: ECR_PUBLIC_PULL is off: no login to public.ecr.aws.'
elif ! (
  begun=$(date +%s)
  for wait in 0 3 9; do
    if [ $wait -gt 0 ]; then
      [ $(($(date +%s) - begun)) -lt 30 ] || break
      seconds=$((wait + $(od -An -N1 -tu1 /dev/urandom) % wait))
      echo "cdk_ecr_public_pull: no login yet; trying again in $seconds seconds." >&2
      sleep $seconds
    fi
    for region in us-east-1; do
      if aws ecr-public get-login-password --region $region \
| docker login --username AWS --password-stdin public.ecr.aws; then
        echo "cdk_ecr_public_pull: logged in to public.ecr.aws at $region."
        exit 0
      fi
    done
  done
  false
); then
  docker logout public.ecr.aws || true
  echo 'cdk_ecr_public_pull: WARNING: no login to public.ecr.aws (asked: us-east-1). The build \
goes on without one, at the lower rate of anonymous pulls.
The errors of aws and docker above say why. The usual causes:
- access denied: the role of the build needs ecr-public:GetAuthorizationToken and \
sts:GetServiceBearerToken on resource *, and no policy of the organization may deny these regions.
- aws or docker not found: the login comes before your first command. Put what \
ecr-public-pull login prints behind the command that installs them; it stays there.
- a timeout: the build has no way to the internet (a VPC without NAT).' >&2
  case "${AWS_USE_FIPS_ENDPOINT:-}" in [Tt][Rr][Uu][Ee]) echo 'cdk_ecr_public_pull: \
AWS_USE_FIPS_ENDPOINT is true: ECR Public documents no FIPS endpoint.' >&2 ;; esac
fi"""

    assert login_commands(regions=[LoginRegion.US_EAST_1], required=False) == (expected,)


@pytest.mark.parametrize("required", [True, False])
def test_text_survives_json_and_yaml(*, required: bool) -> None:
    """A buildspec is printed as JSON or YAML, and read again as either."""
    commands = list(login_commands(required=required))
    yaml, stream = YAML(typ="safe", pure=True), StringIO()
    yaml.dump(commands, stream)

    assert commands == json.loads(json.dumps(commands)) == yaml.load(stream.getvalue())


def test_first_line_names_the_command() -> None:
    """The first line tells the library's own commands, whatever their options."""
    first_lines = {
        command.partition("\n")[0]
        for command in (
            *login_commands(),
            *login_commands(regions=[LoginRegion.US_EAST_1], required=False),
        )
    }

    assert first_lines == {f"{MARKER}log in to public.ecr.aws"}


@pytest.mark.parametrize(
    ("regions", "message"),
    [
        ([], "no login region is given: name at least one of us-west-2, us-east-1"),
        (
            ["ap-northeast-1"],
            "'ap-northeast-1' has no ECR Public API: a login region is one of us-west-2, us-east-1",
        ),
        (
            ["us-west-2", ""],
            "'' has no ECR Public API: a login region is one of us-west-2, us-east-1",
        ),
        (
            ["us-west-2", "us-east-1", "us-west-2"],
            "a login region is named twice in us-west-2, us-east-1, us-west-2: name each once",
        ),
    ],
)
def test_refused_regions(regions: list[LoginRegion], message: str) -> None:
    """Regions that can only be a mistake are refused."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011  (the whole message follows)
        login_commands(regions=regions)

    assert str(caught.value) == message


def test_statement() -> None:
    """The statement is the recipe's, and a new one each time."""
    login_statement()["Resource"] = "changed"

    assert login_statement() == {
        "Sid": "AmazonECRPublicGalleryPull",
        "Effect": "Allow",
        "Action": ["ecr-public:GetAuthorizationToken", "sts:GetServiceBearerToken"],
        "Resource": "*",
    }
    assert LOGIN_ACTIONS == ("ecr-public:GetAuthorizationToken", "sts:GetServiceBearerToken")
