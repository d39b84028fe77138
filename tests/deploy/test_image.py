import re

from deploy.container.new_environment import EXAMPLE

ROOT = EXAMPLE.parent
LINES = (ROOT / "Dockerfile").read_text().splitlines()
STAGES = [match for line in LINES if (match := re.fullmatch(r"FROM (\S+) AS (\S+)", line))]
COPIED = {
    source for line in LINES if line.startswith("COPY ") and "--from=" not in line for source in line.split()[1:-1]
}
IN_FINAL_STAGES = ("service", "standins")


def stage(name: str) -> list[str]:
    start = next(
        number for number, line in enumerate(LINES) if line.startswith("FROM ") and line.endswith(f" AS {name}")
    )
    following = (number for number, line in enumerate(LINES) if number > start and line.startswith("FROM "))
    return LINES[start : next(following, len(LINES))]


def test_every_stage_starts_from_the_one_pinned_image() -> None:
    known = {"${PYTHON}"}
    for match in STAGES:
        assert match[1] in known
        known.add(match[2])


def test_what_is_copied_exists_and_is_let_into_the_build() -> None:
    let_in = {
        line[1:].removesuffix("/**") for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"
    }
    assert {source for source in COPIED if not (ROOT / source).exists()} == set()
    assert {source for source in COPIED if source not in let_in and source.split("/")[0] not in let_in} == set()


def test_the_final_stages_install_nothing_and_run_without_privileges() -> None:
    assert STAGES[-1][2] == "service"
    for name in IN_FINAL_STAGES:
        assert not [line for line in stage(name) if line.startswith("RUN ")]
        assert "USER 10001:10001" in stage(name)
    assert "STOPSIGNAL SIGTERM" in stage("runtime")


def test_third_party_packages_are_installed_by_hash() -> None:
    text = "\n".join(LINES)
    assert "PIP_REQUIRE_HASHES=1" in "\n".join(stage("build"))
    installs = re.findall(r"pip (?:--python \S+ )?install .*", text)
    assert all("-r " in line or "--no-index" in line for line in installs)
