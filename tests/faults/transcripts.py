"""What a client has asked for over one connection, as text that a trap can be set upon."""

import struct
from typing import Protocol

KEPT = 50_000
"""Characters; what is older is forgotten."""
STARTUP = 196_608
"""The protocol version that a PostgreSQL start-up message carries; other untyped messages only ask for encryption."""


class Transcript(Protocol):
    """One per connection; fed with the bytes of the client."""

    text: str

    def add(self, chunk: bytes) -> None:
        """Take in what the client has sent."""

    def answered(self) -> None:
        """Hear that the server has answered."""


class RequestTranscript:
    """Bytes as they are (latin-1); each request begins anew. Serves HTTP/1.1 and whatever is only counted."""

    def __init__(self) -> None:
        self.text = ""
        self._is_over = False

    def add(self, chunk: bytes) -> None:
        self.text = ("" if self._is_over else self.text)[-KEPT:] + chunk.decode("latin-1")
        self._is_over = False

    def answered(self) -> None:
        self._is_over = True


class StatementTranscript:
    """The SQL of one PostgreSQL transaction, a line each; BEGIN begins anew.

    Behind a statement with parameters comes ` -- ` and what was bound, as it is on the wire: texts can be read.
    """

    def __init__(self) -> None:
        self.text = ""
        self._buffer = b""
        self._is_open = False
        self._prepared: dict[bytes, str] = {}

    def add(self, chunk: bytes) -> None:
        self._buffer += chunk
        while (message := self._next()) is not None:
            statement = self._statement(*message)
            if statement is None:
                continue
            self.text = statement if statement.startswith("BEGIN") else f"{self.text[-KEPT:]}\n{statement}"

    def answered(self) -> None:
        """Nothing: a transaction ends with the next BEGIN."""

    def _next(self) -> tuple[bytes, bytes] | None:
        head = 1 if self._is_open else 0
        if len(self._buffer) < head + 4:
            return None
        (length,) = struct.unpack_from("!I", self._buffer, head)
        if len(self._buffer) < head + length:
            return None
        kind, body = self._buffer[:head], self._buffer[head + 4 : head + length]
        self._buffer = self._buffer[head + length :]
        if not self._is_open:
            self._is_open = struct.unpack_from("!I", body)[0] == STARTUP
        return kind, body

    def _statement(self, kind: bytes, body: bytes) -> str | None:
        match kind:
            case b"Q":
                return body.rstrip(b"\0").decode("utf-8", "replace")
            case b"P":
                name, text, _ = body.split(b"\0", 2)
                self._prepared[name] = text.decode("utf-8", "replace")
            case b"B":
                _, name, _ = body.split(b"\0", 2)
                return f"{self._prepared.get(name, '')} -- {body.decode('latin-1')}"
        return None
