"""The output of logged exceptions."""

from __future__ import annotations

import traceback
from collections.abc import Iterator


def error_chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and all the chained errors that ``logging.exception`` prints."""
    each: BaseException | None = error
    while each is not None:
        yield each
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)


def log_text(error: BaseException) -> str:
    """Return the printed text of an error and its chained errors, with their ``repr()`` and attributes."""
    return "\n".join(
        part
        for each in error_chain(error)
        for part in (*traceback.format_exception_only(each), repr(each), repr(vars(each)), repr(each.args))
    )
