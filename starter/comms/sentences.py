"""What goes wrong, said in a sentence on which a person can act, instead of a traceback."""

import httpx
from pydantic import ValidationError
from pydantic_settings import SettingsError
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from models.errors import CommsError
from starter.comms.problems import Misunderstood, Unreachable

EXPECTED = (CommsError, ValidationError, SettingsError, DBAPIError, httpx.HTTPError, OSError)
"""What may go wrong without anything being wrong with the code."""

_SILENT = (Unreachable, OperationalError, httpx.TransportError)


def exit_code(error: Exception) -> int:
    """Return 2 for a command that is not understood, 3 if something does not answer, else 1."""
    return 2 if isinstance(error, Misunderstood) else 3 if isinstance(error, _SILENT) else 1


def sentence(error: Exception) -> str:
    """Return what is wrong and what to do about it. It holds no secret: addresses are shown without passwords."""
    match error:
        case ValidationError():
            return _settings(error)
        case OperationalError():
            return f"The database does not answer ({_first_line(error.orig)}). Is it running? See COMMS_DATABASE__URL."
        case ProgrammingError() if "does not exist" in str(error.orig):
            return "The database lacks tables of this version. Run `comms database upgrade`."
        case DBAPIError():
            return f"The database refused: {_first_line(error.orig)}"
        case httpx.HTTPError():
            return f"The API does not answer ({error}). Is it running? See COMMS_API_URL."
        case _:
            return str(error)


def _settings(error: ValidationError) -> str:
    lines = []
    for found in error.errors():
        path = [str(part).upper() for part in found["loc"]]
        name = "COMMS_" + "__".join(path) + ("__…" if len(path) == 1 and found["type"] == "missing" else "")
        lines.append(f"{name} is not set" if found["type"] == "missing" else f"{name}: {found['msg']}")
    return "\n".join(lines)


def _first_line(error: BaseException | None) -> str:
    return str(error).strip().partition("\n")[0]
