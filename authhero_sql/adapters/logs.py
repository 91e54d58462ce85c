"""Logs: what happened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel

from ..errors import InvalidQueryError, InvalidValueError
from ..listing import ListRules, Sort, Totals
from ..models.base import ImportMetadata, Page
from ..models.logs import Log, LogInsert
from ..rows import Unchecked
from ..schema import Column
from ..statements.conditions import Where, gte, lte, one_of
from ..tables import LOGS
from ..where import Alternatives
from .mixins import IterateMixin

if TYPE_CHECKING:
    from ..types import ImportMetadataDict, LogCreate, LogWhere

LOG = LOGS.c


class Logs(IterateMixin[Log, "LogWhere"]):
    """The tenant's log (Auth0: log events). ``user_agent``, ``description`` and ``details`` are cut to their columns."""

    table = LOGS
    model = Log
    insert: type[BaseModel] | None = LogInsert
    id_column: ClassVar[Column | None] = LOG.log_id
    rules: ClassVar[ListRules] = ListRules(
        wire="logs",
        fields=(
            "user_id",
            "ip",
            "type",
            "date",
            "client_id",
            "client_name",
            "user_agent",
            "description",
            "user_name",
            "connection",
            "connection_id",
            "audience",
            "scope",
            "strategy",
            "strategy_type",
            "hostname",
            "log_id",
            "session_connection",
            "country_code",
            "city_name",
            "latitude",
            "longitude",
            "time_zone",
            "continent_code",
        ),
        search=("ip", "description"),
        exact=("user_id",),
        parts=("description",),
        order=Sort("date", "desc"),
        checkpoint="date",
        both_ways=True,
    )

    async def create(
        self,
        tenant_id: str,
        params: LogInsert | LogCreate | Unchecked,
        *,
        import_metadata: ImportMetadata | ImportMetadataDict | None = None,
    ) -> Log:
        """Write a log entry; ``log_id`` is generated where none is given.

        Raises:
            ConflictError: the ``log_id`` is taken.
            InvalidValueError: a value cannot be stored.
        """
        return await self._create(tenant_id, params, import_metadata)

    async def get(self, tenant_id: str, log_id: str) -> Log | None:
        """The entry, or None."""
        return await self._get(self._own(tenant_id, log_id))

    async def get_one(self, tenant_id: str, log_id: str) -> Log:
        """The entry.

        Raises:
            NotFoundError: there is none.
        """
        return self._required(await self.get(tenant_id, log_id))

    async def list(
        self,
        tenant_id: str,
        *,
        page: int | None = None,
        per_page: int | None = None,
        include_totals: Totals = False,
        sort: str | Sort | None = None,
        q: str | None = None,
        where: LogWhere | Alternatives[LogWhere] | None = None,
        from_: str | None = None,
        take: int | None = None,
        from_date: int | None = None,
        to_date: int | None = None,
    ) -> Page[Log]:
        """One page of the tenant's log; the arguments of every list, and two more.

        Args:
            tenant_id: the tenant.
            page: the page's number, from 0, which is the default. The database reads all rows before it, 1,000,000 at the most:
                deeper pages are read by ``from_`` and ``take``, which cost the same everywhere.
            per_page: rows on a page, 50 by default and 1,000 at the most.
            include_totals: count all rows that match. ``True`` reads them all, which takes the longer the more there are;
                ``"estimate"`` counts to 10,000 and, where there are more, says so by ``total_is_estimate``.
            sort: ``"date:desc"`` or a :class:`Sort`.
            q: a filter in Auth0's Lucene subset.
            where: conditions by field, as :mod:`authhero_sql.where` explains; with ``q`` both must match.
            from_: the cursor of the last page, or ``""`` for the first one (checkpoint mode).
            take: rows of a checkpoint page, at most 1,000.
            from_date: epoch seconds; entries from the beginning of that second on.
            to_date: epoch seconds; entries up to the end of that second.

        Raises:
            InvalidQueryError: the filter, sort, page, cursor or date is not valid.
        """
        since = None if from_date is None else gte(_second("from_date", from_date))
        until = None if to_date is None else lte(_second("to_date", to_date) + timedelta(milliseconds=999))
        dates = since & until if since and until else since or until
        own: Where = {LOG.tenant_id: tenant_id} if dates is None else {LOG.tenant_id: tenant_id, LOG.date: dates}
        return await self._lists.page(
            own, page=page, per_page=per_page, include_totals=include_totals, sort=sort, q=q, also=where, from_=from_, take=take
        )

    async def cleanup(
        self, older_than: datetime, *, tenant_id: str | None = None, types: Sequence[str] | None = None, dry_run: bool = False
    ) -> int:
        """Remove the entries from before an instant, in batches that keep their locks short; how many there were.

        Args:
            older_than: the instant.
            tenant_id: only this tenant; all tenants by default.
            types: only entries of these types (:class:`~authhero_sql.models.LogType`), and none where there are none; every type by
                default. For one tenant each type has an index; for all of them the entries of the other types are read, too.
            dry_run: count them, and remove none.

        Raises:
            InvalidValueError: the instant is naive, or the types are no list of texts.
        """
        self.table.operand("date", older_than)
        total = 0
        for scope in self._scopes(tenant_id, types):
            total += await self._sweeps.sweep(scope, LOG.date, older_than, dry_run=dry_run)
        return total

    def _scopes(self, tenant_id: str | None, types: Any) -> Iterable[Where]:
        """The parts of the log that are cleaned one by one: each a range of an index."""
        own: Where = {} if tenant_id is None else {LOG.tenant_id: tenant_id}
        if types is None:
            return [own]
        if isinstance(types, str | bytes) or not isinstance(types, Iterable):
            raise InvalidValueError(self.table.name, "types", "must be a list of log types")
        chosen = list(dict.fromkeys(self.table.operand("type", type_) for type_ in types))
        if not chosen:
            return []
        return [{LOG.type: one_of(chosen)}] if tenant_id is None else [{**own, LOG.type: type_} for type_ in chosen]


def _second(name: str, value: Any) -> datetime:
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidQueryError(f"{name} must be epoch seconds")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError):
        raise InvalidQueryError(f"{name} is out of range") from None
