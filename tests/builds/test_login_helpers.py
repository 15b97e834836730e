"""What a Docker configuration says about public.ecr.aws, and what the login makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from cdk_ecr_public_pull.builds.login import login_commands
from tests.builds.shells import FAKES, SHELLS, TOKEN, WEST, Run, run

SAY = "cdk_ecr_public_pull:"
LOGIN = "login --username AWS --password-stdin public.ecr.aws"
LOGOUT = "logout public.ecr.aws"
LOGGED_OUT = "Removing login credentials for public.ecr.aws\n"
LOGGED_IN = f"Login Succeeded\n{SAY} logged in at us-west-2.\n"
HELPS = f"{SAY} docker-credential-ecr-login logs in.\n"
NO_HELPER = (
    "no login to public.ecr.aws: docker-credential-ecr-login is missing. Put what"
    " ecr-public-pull login prints behind the command that installs it.\n"
)
FAILS = "The build fails. ECR_PUBLIC_PULL=off skips it.\n"
GOES_ON = "The build goes on at the lower rate of anonymous pulls.\n"

HELPER = '{"credHelpers": {"public.ecr.aws": "ecr-login"}}'


def logged_in(
    folder: Path,
    config: str | None,
    *,
    shell: Sequence[str] = ("dash",),
    required: bool = True,
    environment: Mapping[str, str] | None = None,
    helpers: Sequence[str] = ("ecr-login", "acr-env"),
) -> Run:
    """Run the login with a config.json in a home folder with a space."""
    home = folder / "a home"
    (home / ".docker").mkdir(parents=True)
    if config is not None:
        (home / ".docker" / "config.json").write_text(config, encoding="utf-8")
    [script] = login_commands(required=required)
    return run(
        folder,
        f'{script}\necho "${{helper-}}${{program-}}"',
        shell=shell,
        environment={"HOME": str(home), **(environment or {})},
        fakes={**FAKES, **{f"docker-credential-{name}": "" for name in helpers}},
    )


HELPING = (
    pytest.param(HELPER, id="the entry of the registry"),
    pytest.param(
        '{\n\t"auths": {\n\t\t"public.ecr.aws": {}\n\t},\n\t"credHelpers": {\n\t\t'
        '"public.ecr.aws": "ecr-login"\n\t}\n}',
        id="as docker writes it",
    ),
    pytest.param(
        '{"credsStore":"pass","credHelpers":{"gcr.io":"gcloud",\r\n"public.ecr.aws" : "ecr-login",'
        '"0.dkr.ecr.eu-west-1.amazonaws.com":"x"},"auths":{"public.ecr.aws":{"auth":"QVdTOng="}}}',
        id="between other entries",
    ),
    pytest.param('{"credsStore": "ecr-login"}', id="the store of all registries"),
    pytest.param(
        '{"auths":{"a":{}},"credsStore":"ecr-login","credHelpers":{"gcr.io":"gcloud"}}',
        id="the store, and helpers of other registries",
    ),
)


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize("config", HELPING)
def test_a_helper_is_a_login(
    tmp_path: Path, config: str, shell: Sequence[str], *, required: bool
) -> None:
    """Docker cannot log in where a helper provides the credentials, and need not."""
    expected = Run(status=0, output=f"{HELPS}\n")

    assert logged_in(tmp_path, config, shell=shell, required=required) == expected


NOT_HELPING = (
    pytest.param(None, id="no configuration"),
    pytest.param("", id="an empty file"),
    pytest.param("{}", id="an empty configuration"),
    pytest.param("not JSON", id="no JSON"),
    pytest.param('{"auths":{"public.ecr.aws":{"auth":"QVdTOng="}}}', id="an earlier login"),
    pytest.param(
        '{"credHelpers":{},"auths":{"public.ecr.aws":{"auth":"QVdTOng="}}}',
        id="no helpers, and an earlier login",
    ),
    pytest.param(
        '{"credHelpers":{"gcr.io":"gcloud"},"auths":{"public.ecr.aws":{"auth":"QVdTOng="}}}',
        id="a helper of another registry, and an earlier login",
    ),
    pytest.param(
        '{"credHelpers":{"a.public.ecr.aws":"ecr-login","public.ecr.aws.example":"ecr-login",'
        '"publicXecr.aws":"ecr-login","https://public.ecr.aws":"ecr-login"}}',
        id="helpers of names that only look like it",
    ),
    pytest.param(
        '{"credHelpers":{"gcr.io":"gcloud"},"HttpHeaders":{"public.ecr.aws":"ecr-login"}}',
        id="the name under another key",
    ),
    pytest.param(
        '{"HttpHeaders":{"public.ecr.aws":"ecr-login"},"credHelpers":{"gcr.io":"gcloud"}}',
        id="the name under an earlier key",
    ),
    pytest.param(
        r'{"psFormat":"\"credHelpers\":{\"public.ecr.aws\":\"ecr-login\"}"}',
        id="a text that looks like a helper",
    ),
    pytest.param('{"credsStore":"ecr-login-of-mine"}', id="a store of another name"),
    pytest.param('{"credsStore":"pass"}', id="a store that docker login writes to"),
    pytest.param('{"credHelpers":{"public.ecr.aws":"pass"}}', id="a store for this registry"),
    pytest.param('{"credHelpers":{"public.ecr.aws":""}}', id="the file for this registry"),
)


@pytest.mark.parametrize("shell", ["dash", "bash"])
@pytest.mark.parametrize("config", NOT_HELPING)
def test_anything_else_is_none(tmp_path: Path, config: str | None, shell: str) -> None:
    """Credentials of an earlier login may have expired, and a store must be written to."""
    expected = Run(status=0, output=f"{LOGGED_IN}\n", aws=(WEST,), docker=(LOGIN,))

    assert logged_in(tmp_path, config, shell=[shell]) == expected


def test_any_other_helper(tmp_path: Path) -> None:
    """What a helper is called does not matter, as long as docker finds it."""
    config = '{"credHelpers":{"public.ecr.aws":"acr-env"}}'

    actual = logged_in(tmp_path, config)

    assert actual == Run(status=0, output=f"{HELPS.replace('ecr-login', 'acr-env')}\n")


def test_docker_config(tmp_path: Path) -> None:
    """DOCKER_CONFIG names the folder that counts."""
    (tmp_path / "other").mkdir()

    actual = logged_in(tmp_path, HELPER, environment={"DOCKER_CONFIG": str(tmp_path / "other")})

    assert actual.docker == (LOGIN,)


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
@pytest.mark.parametrize(
    ("required", "expected"),
    [
        (True, Run(status=1, output=f"{SAY} ERROR: {NO_HELPER}{FAILS}")),
        (
            False,
            Run(
                status=0,
                output=f"{LOGGED_OUT}{SAY} WARNING: {NO_HELPER}{GOES_ON}",
                docker=(LOGOUT,),
            ),
        ),
    ],
)
def test_a_helper_that_is_missing(
    tmp_path: Path, expected: Run, shell: Sequence[str], *, required: bool
) -> None:
    """Docker would refuse the login and the pulls."""
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker" / "config.json").write_text(HELPER, encoding="utf-8")
    [script] = login_commands(required=required)

    actual = run(tmp_path, script, shell=shell, environment={"HOME": str(tmp_path)}, fakes=FAKES)

    assert actual == expected


@pytest.mark.parametrize("shell", ["dash", "bash"])
@pytest.mark.parametrize(
    ("variable", "is_warned"),
    [
        ('{"auths": {"public.ecr.aws" : {"auth": "c2VjcmV0"}}}', True),
        ('{"auths":{"gcr.io":{"auth":"c2VjcmV0"},"public.ecr.aws":{"auth":"c2VjcmV0"}}}', True),
        ('{"auths":{"ghcr.io":{"auth":"c2VjcmV0"},"https://public.ecr.aws":{}}}', False),
        ("", False),
    ],
)
@pytest.mark.parametrize("config", ["{}", HELPER])
def test_docker_auth_config(
    tmp_path: Path, config: str, variable: str, shell: str, *, is_warned: bool
) -> None:
    """Credentials in the environment are used in place of the login; nobody sees them."""
    warning = f"{SAY} WARNING: Docker 28.3 or newer prefers DOCKER_AUTH_CONFIG.\n"

    actual = logged_in(
        tmp_path, config, shell=[shell], environment={"DOCKER_AUTH_CONFIG": variable}
    )

    login = HELPS if config == HELPER else LOGGED_IN
    assert (actual.status, actual.output) == (0, f"{login}{warning if is_warned else ''}\n")


@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_secrets_of_the_configuration_are_not_shown(tmp_path: Path, shell: str) -> None:
    """Not even by a shell that traces."""
    config = f'{{"auths":{{"public.ecr.aws":{{"auth":"{TOKEN}"}}}},"credsStore":"ecr-login"}}'

    actual = logged_in(
        tmp_path, config, shell=[shell, "-x"], environment={"DOCKER_AUTH_CONFIG": config}
    )

    assert "prefers DOCKER_AUTH_CONFIG." in actual.output
    assert TOKEN not in actual.output
