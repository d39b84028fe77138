"""A shell in which somebody imports."""

import json
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text
from typer.testing import CliRunner, Result

from starter.comms.__main__ import app

ORDER = ["--client", "acme-plumbing", "--source", "spring-show", "--sequence", "quote_request"]


class Desk:
    """A shell in which somebody imports."""

    def __init__(self, url: str, key: str, engine: Engine, directory: Path) -> None:
        self.environment = {"COMMS_API_KEY": key, "COMMS_API_URL": url, "COLUMNS": "200"}
        self.engine = engine
        self.directory = directory

    def comms(self, *arguments: str) -> Result:
        return CliRunner(env=self.environment).invoke(app, list(arguments))

    def imports(self, content: str | bytes, *options: str, name: str = "list.csv") -> Result:
        file = self.directory / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return self.comms("import", str(file), *ORDER, *options)

    def counts(self, content: str | bytes, *options: str, name: str = "list.csv") -> dict[str, int]:
        found: dict[str, int] = self.said(content, *options, name=name)["counts"]
        return found

    def said(self, content: str | bytes, *options: str, name: str = "list.csv") -> dict[str, Any]:
        done = self.imports(content, "--json", *options, name=name)
        assert done.stdout, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def rows(self, query: str) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(query)).all())
