"""How a row of a query is read: by the names of its columns."""

from collections.abc import Mapping
from typing import Any

Row = Mapping[Any, Any]
