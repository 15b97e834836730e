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
  echo 'cdk_ecr_public_pull: ECR_PUBLIC_PULL is off: nothing is done.'
elif
  case ${DOCKER_BUILDKIT-$(docker version --format '{{.Client.Version}}' 2>/dev/null)} in
    1?.* | 2[0-2].*) export DOCKER_BUILDKIT=1 ;;
  esac
(
say() { echo "cdk_ecr_public_pull: $1"; }
fail() {
  [ "${program-}" = docker ] || docker logout public.ecr.aws || true
  say "WARNING: no login to public.ecr.aws$1
The build goes on at the lower rate of anonymous pulls." >&2
  exit 1
}
helper=$(
  tr -d ' \\n\\r\\t' 2>/dev/null <"${DOCKER_CONFIG:-${HOME:-}/.docker}/config.json" |
    sed -n -e 's/.*"credHelpers":{[^{}]*"public\\.ecr\\.aws":"\\([^"]*-[^"]*\\)".*/\\1/p' \\
      -e t -e 's/.*"credsStore":"\\(ecr-login\\)".*/\\1/p'
)
for program in docker "${helper:+docker-credential-}${helper:-aws}"; do
  command -v "$program" >/dev/null || fail ": $program is missing. \
Put what ecr-public-pull login prints behind the command that installs it."
done
[ "$helper" ] && say "$program logs in." && exit 0
end=$(($(date +%s) + 30))
for wait in 3 9 0; do
  for region in us-east-1; do
    status=$(
      exec 3>&1
      { aws ecr-public get-login-password --region $region || echo $? >&3; } |
        docker login --username AWS --password-stdin public.ecr.aws >&2 3>&-
    ) && say "logged in at $region." && exit 0
    [ "$status" != 253 ] || fail ": aws has no credentials."
  done
  [ $wait -gt 0 ] && [ $(date +%s) -lt $end ] || break
  seconds=$((wait + $(od -An -N1 -tu1 /dev/urandom) % wait))
  say "no login yet; next try in $seconds s." >&2
  sleep $seconds
done
fail ' (asked: us-east-1). See above.
- Access denied: the role needs ecr-public:GetAuthorizationToken and \
sts:GetServiceBearerToken on *, and no SCP may deny these regions.
- No connection: a VPC without NAT, or AWS_USE_FIPS_ENDPOINT.'
)
then
  case ${DOCKER_AUTH_CONFIG:-} in *'"public.ecr.aws"'*) echo 'cdk_ecr_public_pull: WARNING: \
Docker 28.3 or newer prefers DOCKER_AUTH_CONFIG.' >&2 ;; esac
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
