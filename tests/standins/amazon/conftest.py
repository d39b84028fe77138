from collections.abc import Iterator

import pytest

from tests.standins.amazon.local_aws import Inbox, Program, aws_program, ses_program


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with aws_program(tmp_path_factory.mktemp("aws")) as running:
        yield running


@pytest.fixture(scope="session")
def ses(aws: Program, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with ses_program(tmp_path_factory.mktemp("ses"), aws.url, aws.ready["topic_arn"]) as running:
        yield running


@pytest.fixture
def inbox(aws: Program) -> Inbox:
    return Inbox(aws)
