"""The keys that sign tokens and encrypt assertions."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, overload

from pydantic import BaseModel

from ..crud.adapter import Adapter, Expected
from ..models.base import Page
from ..models.keys import SigningKey
from ..pagination import ListRules, Sort, Totals
from ..row_mapping import Unchecked
from ..statements.conditions import gt, null_or
from ..tables import KEYS
from ..where import Alternatives

if TYPE_CHECKING:
    from ..types import SigningKeyCreate, SigningKeyUpdate, SigningKeyWhere

KEY = KEYS.c


class Keys(Adapter[SigningKey]):
    """The signing keys of all tenants (Auth0: application signing keys).

    Keys are not scoped to a tenant, but a key can name one.
    """

    table = KEYS
    model = SigningKey
    virtual: ClassVar[frozenset[str]] = frozenset({"current", "next", "previous", "revoked"})
    rules: ClassVar[ListRules] = ListRules(
        wire="signingKeys",
        fields=("kid", "type", "tenant_id", "connection", "fingerprint", "thumbprint", "current_since", "revoked_at"),
        search=("kid", "connection", "fingerprint"),
        checkpoint=None,
    )

    async def create(self, key: SigningKey | SigningKeyCreate | Unchecked) -> SigningKey:
        """Store a key.

        Args:
            key: The key, as a model or a mapping of its fields.

        Returns:
            The stored key.

        Raises:
            ConflictError: The ``kid`` is taken.
            ForeignKeyError: The tenant that the key names does not exist.
            InvalidValueError: A value cannot be stored.
        """
        given = self._writer.accept(key)
        return await self._create(getattr(given, "tenant_id", None), given)

    async def list(
        self,
        *,
        page: int = 0,
        per_page: int = 50,
        include_totals: Totals = False,
        sort: str | Sort | None = None,
        q: str | None = None,
        where: SigningKeyWhere | Alternatives[SigningKeyWhere] | None = None,
    ) -> Page[SigningKey]:
        """Return a page of the keys that are not revoked.

        A key with a revocation time in the future is not revoked yet.

        Args:
            page: The page number, starting at 0. The database reads all rows before the page, at most 1,000,000.
            per_page: The maximum number of rows on a page. Values above 1,000 are treated as 1,000.
            include_totals: Whether to count all matching rows. ``True`` reads every matching row, so its cost grows
                with their number. ``"estimate"`` stops counting at 10,000 and sets ``total_is_estimate`` on the page if
                there are more.
            sort: ``"created_at:desc"``, ``"-created_at"`` or a :class:`Sort`. Newest first by default.
            q: A filter in Auth0's subset of the Lucene query syntax.
            where: Conditions by field; see :mod:`authhero_sql.where`. If ``q`` is given too, both must match.

        Raises:
            InvalidQueryError: The filter, sort or page is invalid.
        """
        return await self._lists.page(
            {KEY.revoked_at: null_or(gt(self.context.now()))},
            page=page,
            per_page=per_page,
            include_totals=include_totals,
            sort=sort,
            q=q,
            also=where,
        )

    @overload
    async def update(
        self, kid: str, fields: BaseModel | SigningKeyUpdate | Unchecked, *, expect: Expected = None, returning: Literal[False] = False
    ) -> bool: ...
    @overload
    async def update(
        self, kid: str, fields: BaseModel | SigningKeyUpdate | Unchecked, *, expect: Expected = None, returning: Literal[True]
    ) -> SigningKey | None: ...
    async def update(
        self, kid: str, fields: BaseModel | SigningKeyUpdate | Unchecked, *, expect: Expected = None, returning: bool = False
    ) -> bool | SigningKey | None:
        """Update only the given fields.

        Args:
            kid: The key's ID.
            fields: The fields to update, as a model or a mapping.
            expect: Values that the row must still have, such as ``{"updated_at": seen}``. Nothing is written if any of
                them differs. Only plain fields can be compared.
            returning: Return the updated row instead of a bool. This takes a second query.

        Returns:
            Whether the key exists and matches ``expect``. With ``returning``, the updated key, or None.

        Raises:
            InvalidQueryError: A field of ``expect`` is unknown or cannot be compared.
            InvalidValueError: A value cannot be stored, or a field is unknown or cannot be updated.
            UnsupportedError: ``returning`` is used in a batch.
        """
        return await self._update_result(returning, lambda: self._write(kid, fields, expect=expect), lambda: self._get({KEY.kid: kid}))

    async def _write(self, kid: str, fields: BaseModel | SigningKeyUpdate | Unchecked, *, expect: Expected) -> bool:
        return await self._update({KEY.kid: kid}, fields, expect)
