"""How e-mail is sent, and what it says."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Literal, overload

from pydantic import BaseModel

from ..crud.adapter import Adapter, Expected
from ..models.base import ImportMetadata
from ..models.emails import EmailProvider, EmailTemplate
from ..rows import Unchecked
from ..schema import Order
from ..tables import EMAIL_PROVIDERS, EMAIL_TEMPLATES

if TYPE_CHECKING:
    from ..types import EmailProviderCreate, EmailProviderUpdate, EmailTemplateCreate, EmailTemplateUpdate, ImportMetadataDict

EMAIL_PROVIDER = EMAIL_PROVIDERS.c
EMAIL_TEMPLATE = EMAIL_TEMPLATES.c


class EmailProviders(Adapter[EmailProvider]):
    """E-mail providers (Auth0: email provider), one a tenant."""

    table = EMAIL_PROVIDERS
    model = EmailProvider

    async def create(
        self,
        tenant_id: str,
        provider: EmailProvider | EmailProviderCreate | Unchecked,
        *,
        import_metadata: ImportMetadata | ImportMetadataDict | None = None,
    ) -> EmailProvider:
        """Store the tenant's provider.

        Raises:
            ConflictError: the tenant has one.
            InvalidValueError: a value cannot be stored.
        """
        return await self._create(tenant_id, provider, import_metadata)

    async def get(self, tenant_id: str) -> EmailProvider | None:
        """The tenant's provider, or None."""
        provider: EmailProvider | None = await self._get({EMAIL_PROVIDER.tenant_id: tenant_id})
        return provider

    async def get_one(self, tenant_id: str) -> EmailProvider:
        """The tenant's provider.

        Raises:
            NotFoundError: there is none.
        """
        return self._required(await self.get(tenant_id))

    @overload
    async def update(
        self,
        tenant_id: str,
        fields: BaseModel | EmailProviderUpdate | Unchecked,
        *,
        expect: Expected = None,
        returning: Literal[False] = False,
    ) -> bool: ...
    @overload
    async def update(
        self, tenant_id: str, fields: BaseModel | EmailProviderUpdate | Unchecked, *, expect: Expected = None, returning: Literal[True]
    ) -> EmailProvider | None: ...
    async def update(
        self, tenant_id: str, fields: BaseModel | EmailProviderUpdate | Unchecked, *, expect: Expected = None, returning: bool = False
    ) -> bool | EmailProvider | None:
        """Write exactly the given fields; ``credentials`` and ``settings`` are replaced whole.

        ``expect`` and ``returning`` are as in :meth:`UpdateMixin.update`.

        Returns:
            Whether the tenant has a provider.

        Raises:
            InvalidValueError: a value cannot be stored, or a field is unknown.
        """
        return await self._answer(returning, lambda: self._write(tenant_id, fields, expect=expect), lambda: self.get(tenant_id))

    async def _write(self, tenant_id: str, fields: BaseModel | EmailProviderUpdate | Unchecked, *, expect: Expected) -> bool:
        return await self._update({EMAIL_PROVIDER.tenant_id: tenant_id}, fields, expect)

    async def remove(self, tenant_id: str) -> bool:
        """Remove the provider; whether there was one."""
        return await self._remove({EMAIL_PROVIDER.tenant_id: tenant_id})


class EmailTemplates(Adapter[EmailTemplate]):
    """E-mail templates (Auth0: email templates), by name."""

    table = EMAIL_TEMPLATES
    model = EmailTemplate

    async def create(
        self,
        tenant_id: str,
        template: EmailTemplate | EmailTemplateCreate | Unchecked,
        *,
        import_metadata: ImportMetadata | ImportMetadataDict | None = None,
    ) -> EmailTemplate:
        """Store a template.

        Raises:
            ConflictError: the tenant has one of this name.
            ForeignKeyError: the tenant does not exist.
            InvalidValueError: a value cannot be stored.
        """
        return await self._create(tenant_id, template, import_metadata)

    async def get(self, tenant_id: str, template: str) -> EmailTemplate | None:
        """The template of this name, or None."""
        found: EmailTemplate | None = await self._get({EMAIL_TEMPLATE.tenant_id: tenant_id, EMAIL_TEMPLATE.template: template})
        return found

    async def get_one(self, tenant_id: str, template: str) -> EmailTemplate:
        """The template of this name.

        Raises:
            NotFoundError: there is none.
        """
        return self._required(await self.get(tenant_id, template))

    async def list(self, tenant_id: str) -> builtins.list[EmailTemplate]:
        """The tenant's templates, by name."""
        return await self._all({EMAIL_TEMPLATE.tenant_id: tenant_id}, (Order("template"),))

    @overload
    async def update(
        self,
        tenant_id: str,
        template: str,
        fields: BaseModel | EmailTemplateUpdate | Unchecked,
        *,
        expect: Expected = None,
        returning: Literal[False] = False,
    ) -> bool: ...
    @overload
    async def update(
        self,
        tenant_id: str,
        template: str,
        fields: BaseModel | EmailTemplateUpdate | Unchecked,
        *,
        expect: Expected = None,
        returning: Literal[True],
    ) -> EmailTemplate | None: ...
    async def update(
        self,
        tenant_id: str,
        template: str,
        fields: BaseModel | EmailTemplateUpdate | Unchecked,
        *,
        expect: Expected = None,
        returning: bool = False,
    ) -> bool | EmailTemplate | None:
        """Write exactly the given fields. ``expect`` and ``returning``: see :meth:`UpdateMixin.update`.

        Returns:
            Whether there was such a template.

        Raises:
            InvalidValueError: a value cannot be stored, or a field is unknown or cannot be updated.
        """
        return await self._answer(
            returning, lambda: self._write(tenant_id, template, fields, expect=expect), lambda: self.get(tenant_id, template)
        )

    async def _write(self, tenant_id: str, template: str, fields: BaseModel | EmailTemplateUpdate | Unchecked, *, expect: Expected) -> bool:
        return await self._update({EMAIL_TEMPLATE.tenant_id: tenant_id, EMAIL_TEMPLATE.template: template}, fields, expect)

    async def remove(self, tenant_id: str, template: str) -> bool:
        """Remove the template; whether there was one."""
        return await self._remove({EMAIL_TEMPLATE.tenant_id: tenant_id, EMAIL_TEMPLATE.template: template})
