import importlib.util
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.container.new_environment import EXAMPLE
from deploy.local import initdb, postgres, temporal
from models.database.safety import SAFE
from tests.deploy.setting_names import PREFIX, setting_names

ROOT = EXAMPLE.parent
FILE = ROOT / "docker-compose.yml"
DIGEST = re.compile(r"[a-z/-]+:[0-9][\w.-]*@sha256:[0-9a-f]{64}")
ONCE = {"migrate", "temporal-schema", "temporal-setup"}
STANDINS = {"aws", "ses", "twilio", "hubspot", "google-business"}
PROCESSES = {"worker", "api", "relay"}

Service = dict[str, Any]
COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_text())
SERVICES: dict[str, Service] = COMPOSE["services"]


def words(service: Service) -> list[str]:
    command = service.get("command") or []
    return [str(word) for word in command] if isinstance(command, list) else command.split()


def test_every_image_is_built_here_or_pinned_by_version_and_digest() -> None:
    built = {service["image"] for service in SERVICES.values() if "build" in service}
    fetched = {service["image"] for service in SERVICES.values()} - built
    assert fetched
    assert all(DIGEST.fullmatch(image) for image in fetched)
    assert DIGEST.search((ROOT / "Dockerfile").read_text())


def test_the_servers_are_the_versions_of_the_embedded_stack() -> None:
    embedded = subprocess.run([temporal.program(), "--version"], check=True, capture_output=True, text=True).stdout
    server = re.search(r"Server ([\d.]+), UI ([\d.]+)", embedded)
    assert server
    assert SERVICES["temporal"]["image"].startswith(f"temporalio/server:{server[1]}@")
    assert SERVICES["temporal-schema"]["image"].startswith(f"temporalio/admin-tools:{server[1]}@")
    assert SERVICES["temporal-ui"]["image"].startswith(f"temporalio/ui:{server[2]}@")
    database = subprocess.run([initdb.program("postgres"), "--version"], check=True, capture_output=True, text=True)
    assert SERVICES["postgres"]["image"].startswith(f"postgres:{database.stdout.split()[-1]}-")


def test_whatever_stays_up_has_a_health_check_and_is_started_again() -> None:
    for name, service in SERVICES.items():
        assert ("healthcheck" in service) == (name not in ONCE), name
        assert service["restart"] == ("on-failure:5" if name in ONCE else "unless-stopped"), name


def test_nobody_waits_for_a_health_check_that_does_not_exist() -> None:
    for name, service in SERVICES.items():
        for needed, how in service.get("depends_on", {}).items():
            expected = "service_completed_successfully" if needed in ONCE else "service_healthy"
            assert how["condition"] == expected, f"{name} -> {needed}"
            optional = needed in STANDINS and name not in STANDINS
            assert how.get("required", True) is not optional, f"{name} -> {needed}"


def test_the_processes_get_every_setting_and_nobody_an_unknown_one() -> None:
    for name, service in SERVICES.items():
        given = {variable for variable in service.get("environment", {}) if variable.startswith(PREFIX)}
        assert given <= setting_names(), name
        if name in PROCESSES:
            assert given == setting_names(), name


def test_the_superusers_password_reaches_only_the_database() -> None:
    holders = {name for name, service in SERVICES.items() if "POSTGRES_PASSWORD" in service.get("environment", {})}
    assert holders == {"postgres"}


def test_every_command_names_a_module_that_exists() -> None:
    named = 0
    for service in SERVICES.values():
        for command in (words(service), service.get("healthcheck", {}).get("test", [])):
            if "-m" in command:
                module = command[command.index("-m") + 1]
                assert importlib.util.find_spec(module), module
                named += 1
    assert named >= len(PROCESSES | STANDINS) * 2


def test_every_file_that_is_mounted_exists() -> None:
    mounts = [volume for service in SERVICES.values() for volume in service.get("volumes", [])]
    files = [volume.split(":")[0] for volume in mounts if isinstance(volume, str) and volume.startswith("./")]
    assert files
    assert all((ROOT / file).is_file() for file in files)


def test_ports_are_published_on_loopback_only() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_only_the_standins_are_a_profile_and_the_example_switches_it_on() -> None:
    assert {name for name, service in SERVICES.items() if service.get("profiles") == ["standins"]} == STANDINS
    assert "COMPOSE_PROFILES=standins\n" in EXAMPLE.read_text()


def test_postgresql_runs_as_the_service_demands_and_the_embedded_one_does() -> None:
    given = dict(word.split("=", 1) for word in words(SERVICES["postgres"]) if "=" in word)
    # fsync, full_page_writes and synchronous_commit are on unless someone switches them off.
    assert {name: given.get(name, "on") for name in SAFE} == SAFE
    silent = {name: value for name, value in postgres.SETTINGS.items() if name.startswith(("log_param", "log_error"))}
    assert silent.items() <= given.items()


def test_temporal_runs_with_the_dynamic_configuration_of_the_embedded_one() -> None:
    there = yaml.safe_load((ROOT / "deploy/container/temporal.yaml").read_text())
    here = {name: json.loads(value) for name, value in (setting.split("=", 1) for setting in temporal.DYNAMIC_CONFIG)}
    assert {name: [{"value": value}] for name, value in here.items()} == there


@pytest.mark.parametrize("profiles", ["standins", ""])
def test_docker_compose_accepts_the_file(tmp_path: Path, profiles: str) -> None:
    docker = shutil.which("docker")
    if docker is None:
        pytest.skip("docker is not installed")
    if subprocess.run([docker, "compose", "version"], check=False, capture_output=True).returncode != 0:
        pytest.skip("docker is installed without its compose plugin")
    example = tmp_path / "environment"
    example.write_text(EXAMPLE.read_text().replace("COMPOSE_PROFILES=standins", f"COMPOSE_PROFILES={profiles}"))
    command = [docker, "compose", "--env-file", str(example), "--file", str(FILE), "config", "--quiet"]
    checked = subprocess.run(command, check=False, capture_output=True, text=True, cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr
    assert "variable is not set" not in checked.stderr
