"""Keys: what tokens are signed and assertions encrypted with."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, overload

from pydantic import BaseModel

from ..crud.adapter import Adapter, Expected
from ..listing import ListRules, Sort, Totals
from ..models.base import Page
from ..models.keys import SigningKey
from ..rows import Unchecked
from ..statements.conditions import gt, null_or
from ..tables import KEYS
from ..where import Alternatives

if TYPE_CHECKING:
    from ..types import SigningKeyCreate, SigningKeyUpdate, SigningKeyWhere

KEY = KEYS.c


class Keys(Adapter[SigningKey]):
    """Signing keys (Auth0: application signing keys). Not tenant-scoped; a key may name a tenant."""

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

        Raises:
            ConflictError: the ``kid`` is taken.
            ForeignKeyError: the tenant it names does not exist.
            InvalidValueError: a value cannot be stored.
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
        """One page of the keys that are not revoked; a key whose revocation lies ahead is not revoked yet.

        Raises:
            InvalidQueryError: the filter, sort or page is not valid.
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
        """Write exactly the given fields; whether there was such a key. ``expect`` and ``returning``: see :meth:`UpdateMixin.update`.

        Raises:
            InvalidValueError: a value cannot be stored, or a field cannot be updated.
        """
        return await self._answer(returning, lambda: self._write(kid, fields, expect=expect), lambda: self._get({KEY.kid: kid}))

    async def _write(self, kid: str, fields: BaseModel | SigningKeyUpdate | Unchecked, *, expect: Expected) -> bool:
        return await self._update({KEY.kid: kid}, fields, expect)
