"""How the pages of a tenant look and what they say."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, overload

from pydantic import BaseModel

from ..crud.adapter import Adapter, Expected
from ..models.base import ImportMetadata
from ..models.branding import (
    SOLID_COLOR,
    Branding,
    CustomText,
    CustomTextEntry,
    CustomTextKey,
    Gradient,
    PromptSetting,
    Theme,
    ThemeInsert,
    UniversalLoginTemplate,
)
from ..rows import Unchecked
from ..schema import Column, Order
from ..tables import BRANDING, CUSTOM_TEXT, PROMPT_SETTINGS, THEMES, UNIVERSAL_LOGIN_TEMPLATES
from .mixins import TenantAdapter

if TYPE_CHECKING:
    from ..types import BrandingCreate, ImportMetadataDict, PromptSettingUpdate, ThemeCreate, ThemeUpdate, UniversalLoginTemplateCreate

PROMPT_SETTING = PROMPT_SETTINGS.c
THEME = THEMES.c
UNIVERSAL_LOGIN_TEMPLATE = UNIVERSAL_LOGIN_TEMPLATES.c


class Brandings(Adapter[Branding]):
    """Branding (Auth0: branding), one a tenant."""

    table = BRANDING
    model = Branding

    async def get(self, tenant_id: str) -> Branding | None:
        """The tenant's branding, or None."""
        branding: Branding | None = await self._get({BRANDING.c.tenant_id: tenant_id})
        return branding

    async def get_one(self, tenant_id: str) -> Branding:
        """The tenant's branding.

        Raises:
            NotFoundError: there is none.
        """
        return self._required(await self.get(tenant_id))

    async def set(self, tenant_id: str, branding: Branding | BrandingCreate | Unchecked) -> None:
        """Store the branding in place of the one before: what is not given is gone.

        Raises:
            ForeignKeyError: the tenant does not exist.
            InvalidValueError: a value cannot be stored.
        """
        given: Any = self._writer.accept(branding)
        if given.colors is not None and isinstance(given.colors.page_background, str):
            plain = Gradient(type=SOLID_COLOR, start=given.colors.page_background)
            given = given.model_copy(update={"colors": given.colors.model_copy(update={"page_background": plain})})
        await self._run.write(self._sql.upsert(self._new_row(tenant_id, given, None)))


class PromptSettings(Adapter[PromptSetting]):
    """Prompt settings (Auth0: prompts), one row a tenant."""

    table = PROMPT_SETTINGS
    model = PromptSetting

    async def get(self, tenant_id: str) -> PromptSetting:
        """The tenant's settings; without any, the new experience with every flag off."""
        settings: PromptSetting | None = await self._get({PROMPT_SETTING.tenant_id: tenant_id})
        return settings or PromptSetting(identifier_first=False, webauthn_platform_first_factor=False)

    async def set(self, tenant_id: str, settings: BaseModel | PromptSettingUpdate | Unchecked) -> None:
        """Write exactly the given fields; of a tenant without settings the others get their defaults, ``identifier_first`` on.

        Raises:
            InvalidValueError: a value cannot be stored, or a field is unknown.
        """
        changes = self._changes(settings, {})
        first = self._new_row(tenant_id, self._writer.accept({"webauthn_platform_first_factor": False}), None)
        await self._run.write(self._sql.upsert({**first, **changes}, tuple(changes)))


class UniversalLoginTemplates(Adapter[UniversalLoginTemplate]):
    """Universal login templates (Auth0: universal login page template), one a tenant."""

    table = UNIVERSAL_LOGIN_TEMPLATES
    model = UniversalLoginTemplate

    async def get(self, tenant_id: str) -> UniversalLoginTemplate | None:
        """The tenant's template, or None."""
        template: UniversalLoginTemplate | None = await self._get({UNIVERSAL_LOGIN_TEMPLATE.tenant_id: tenant_id})
        return template

    async def get_one(self, tenant_id: str) -> UniversalLoginTemplate:
        """The tenant's template.

        Raises:
            NotFoundError: there is none.
        """
        return self._required(await self.get(tenant_id))

    async def set(self, tenant_id: str, template: UniversalLoginTemplate | UniversalLoginTemplateCreate | Unchecked) -> None:
        """Store the template in place of the one before.

        Raises:
            ForeignKeyError: the tenant does not exist.
            InvalidValueError: a value cannot be stored.
        """
        values = self._new_row(tenant_id, self._writer.accept(template), None)
        await self._run.write(self._sql.upsert(values, ("body", "updated_at_ts")))

    async def delete(self, tenant_id: str) -> bool:
        """Remove the template; whether there was one."""
        return await self._remove({UNIVERSAL_LOGIN_TEMPLATE.tenant_id: tenant_id})


class CustomTexts(Adapter[CustomTextEntry]):
    """Custom texts (Auth0: custom text for prompts), by prompt and language."""

    table = CUSTOM_TEXT
    model = CustomTextEntry

    async def get(self, tenant_id: str, prompt: str, language: str) -> CustomText | None:
        """The texts of the prompt in the language, or None."""
        entry: CustomTextEntry | None = await self._get(
            {CUSTOM_TEXT.c.tenant_id: tenant_id, CUSTOM_TEXT.c.prompt: prompt, CUSTOM_TEXT.c.language: language}
        )
        return entry.custom_text if entry is not None else None

    async def get_one(self, tenant_id: str, prompt: str, language: str) -> CustomText:
        """The texts of the prompt in the language.

        Raises:
            NotFoundError: there is none.
        """
        return self._required(await self.get(tenant_id, prompt, language))

    async def set(self, tenant_id: str, prompt: str, language: str, custom_text: Mapping[str, Any]) -> None:
        """Store the texts in place of those before.

        Raises:
            ForeignKeyError: the tenant does not exist.
            InvalidValueError: there is no such prompt, or a value cannot be stored.
        """
        entry = self._writer.accept({"prompt": prompt, "language": language, "custom_text": custom_text})
        await self._run.write(self._sql.upsert(self._new_row(tenant_id, entry, None), ("custom_text", "updated_at_ts")))

    async def delete(self, tenant_id: str, prompt: str, language: str) -> bool:
        """Remove the texts; whether there were any."""
        return await self._remove({CUSTOM_TEXT.c.tenant_id: tenant_id, CUSTOM_TEXT.c.prompt: prompt, CUSTOM_TEXT.c.language: language})

    async def list(self, tenant_id: str) -> builtins.list[CustomTextKey]:
        """Of which prompts, in which languages, there are texts; by prompt and language."""
        read = self._reader_of(CustomTextKey)
        rows = await self._run.fetch(self._sql.select(read, {CUSTOM_TEXT.c.tenant_id: tenant_id}, (Order("prompt"), Order("language"))))
        return [read.read(row) for row in rows]


class Themes(TenantAdapter[Theme]):
    """Themes (Auth0: branding themes)."""

    table = THEMES
    model = Theme
    insert: type[BaseModel] | None = ThemeInsert
    merged: ClassVar[frozenset[str]] = frozenset({"borders", "colors", "fonts", "page_background", "widget"})
    id_column: ClassVar[Column | None] = THEME.themeId

    async def create(
        self,
        tenant_id: str,
        theme: ThemeInsert | ThemeCreate | Unchecked,
        theme_id: str | None = None,
        *,
        import_metadata: ImportMetadata | ImportMetadataDict | None = None,
    ) -> Theme:
        """Create a theme; its id is generated where none is given.

        Returns:
            What ``get`` would return.

        Raises:
            ConflictError: the id is taken.
            ForeignKeyError: the tenant does not exist.
            InvalidValueError: a value cannot be stored.
        """
        imported = self._imported(import_metadata)
        # The import's own id comes first, then the caller's.
        metadata = imported.model_copy(update={"id": theme_id}) if imported.id is None else imported
        return await self._create(tenant_id, theme, metadata)

    async def get(self, tenant_id: str, theme_id: str) -> Theme | None:
        """The theme, or None."""
        theme: Theme | None = await self._get(self._own(tenant_id, theme_id))
        return theme

    async def get_one(self, tenant_id: str, theme_id: str) -> Theme:
        """The theme.

        Raises:
            NotFoundError: there is none.
        """
        return self._required(await self.get(tenant_id, theme_id))

    @overload
    async def update(
        self,
        tenant_id: str,
        theme_id: str,
        fields: BaseModel | ThemeUpdate | Unchecked,
        *,
        expect: Expected = None,
        returning: Literal[False] = False,
    ) -> bool: ...
    @overload
    async def update(
        self,
        tenant_id: str,
        theme_id: str,
        fields: BaseModel | ThemeUpdate | Unchecked,
        *,
        expect: Expected = None,
        returning: Literal[True],
    ) -> Theme | None: ...
    async def update(
        self,
        tenant_id: str,
        theme_id: str,
        fields: BaseModel | ThemeUpdate | Unchecked,
        *,
        expect: Expected = None,
        returning: bool = False,
    ) -> bool | Theme | None:
        """Write exactly the given fields; inside a group, such as ``colors``, too.

        Args:
            tenant_id: the tenant.
            theme_id: the theme.
            fields: what to write.
            expect: what was seen in plain fields, such as ``{"updated_at": seen}``: nothing is written unless it is still so.
            returning: return the row as it is stored afterwards, and not only whether there was one; a second query.

        Returns:
            Whether there was such a theme, as it was expected to be; with ``returning`` the row, or None.

        Raises:
            InvalidQueryError: a field cannot be expected.
            InvalidValueError: a value cannot be stored, or a field is unknown or cannot be updated.
            UnsupportedError: ``returning`` in a batch.
        """
        return await self._answer(
            returning, lambda: self._write(tenant_id, theme_id, fields, expect=expect), lambda: self.get(tenant_id, theme_id)
        )

    async def _write(self, tenant_id: str, theme_id: str, fields: BaseModel | ThemeUpdate | Unchecked, *, expect: Expected) -> bool:
        return await self._update(self._own(tenant_id, theme_id), fields, expect)

    async def remove(self, tenant_id: str, theme_id: str) -> bool:
        """Remove the theme; whether there was one."""
        return await self._remove(self._own(tenant_id, theme_id))
