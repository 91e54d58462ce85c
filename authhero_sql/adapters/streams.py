"""Log streams and migration sources: the external servers that logs are sent to and users are migrated from."""

from __future__ import annotations

import builtins
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel

from ..models.streams import LogStream, LogStreamInsert, MigrationSource, MigrationSourceInsert
from ..schema import Column, Order
from ..tables import LOG_STREAMS, MIGRATION_SOURCES
from .mixins import CreateMixin, UpdateMixin

if TYPE_CHECKING:
    from ..types import LogStreamCreate, LogStreamUpdate, MigrationSourceCreate, MigrationSourceUpdate

LOG_STREAM = LOG_STREAMS.c
MIGRATION_SOURCE = MIGRATION_SOURCES.c

OLDEST_FIRST = (Order("created_at"), Order("id"))


class LogStreams(CreateMixin[LogStream, LogStreamInsert, "LogStreamCreate"], UpdateMixin[LogStream, "LogStreamUpdate"]):
    """The destinations that log events are sent to (Auth0: log streams).

    A new stream is active unless ``status`` is given.
    """

    table = LOG_STREAMS
    model = LogStream
    insert: type[BaseModel] | None = LogStreamInsert
    id_column: ClassVar[Column | None] = LOG_STREAM.id

    def _new_id(self, now: datetime) -> str:
        return f"lst_{self.context.ids.nanoid()}"

    def _generated(self, params: BaseModel, created: datetime) -> dict[str, Any]:
        return {"status": getattr(params, "status", None) or "active"}

    async def list(self, tenant_id: str) -> builtins.list[LogStream]:
        """Return the tenant's log streams, oldest first."""
        return await self._all({LOG_STREAM.tenant_id: tenant_id}, OLDEST_FIRST)


class MigrationSources(
    CreateMixin[MigrationSource, MigrationSourceInsert, "MigrationSourceCreate"], UpdateMixin[MigrationSource, "MigrationSourceUpdate"]
):
    """External servers from which users are migrated when they sign in."""

    table = MIGRATION_SOURCES
    model = MigrationSource
    insert: type[BaseModel] | None = MigrationSourceInsert
    id_column: ClassVar[Column | None] = MIGRATION_SOURCE.id

    def _new_id(self, now: datetime) -> str:
        return f"mig_{self.context.ids.nanoid()}"

    async def list(self, tenant_id: str) -> builtins.list[MigrationSource]:
        """Return the tenant's migration sources, oldest first."""
        return await self._all({MIGRATION_SOURCE.tenant_id: tenant_id}, OLDEST_FIRST)
