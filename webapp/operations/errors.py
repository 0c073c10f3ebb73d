"""What an operation may answer instead of a value; pages turn each into words."""

from __future__ import annotations

from typing import Any


class NotFoundError(Exception):
    """There is none, or it is somebody else's: nobody learns which."""


class OperationError(Exception):
    """Something the person can mend. ``code`` is a message id under ``errors``."""

    def __init__(self, code: str, **values: Any) -> None:
        self.code = code
        self.values = values
        super().__init__(code)
