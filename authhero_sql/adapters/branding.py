"""The appearance and the texts of a tenant's pages."""

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
from ..row_mapping import Unchecked
from ..schema import Column, Order
from ..tables import BRANDING, CUSTOM_TEXT, PROMPT_SETTINGS, THEMES, UNIVERSAL_LOGIN_TEMPLATES
from .mixins import TenantAdapter

if TYPE_CHECKING:
    from ..types import BrandingCreate, ImportMetadataDict, PromptSettingUpdate, ThemeCreate, ThemeUpdate, UniversalLoginTemplateCreate

PROMPT_SETTING = PROMPT_SETTINGS.c
THEME = THEMES.c
UNIVERSAL_LOGIN_TEMPLATE = UNIVERSAL_LOGIN_TEMPLATES.c


class Brandings(Adapter[Branding]):
    """The branding of each tenant (Auth0: branding)."""

    table = BRANDING
    model = Branding

    async def get(self, tenant_id: str) -> Branding | None:
        """Return the tenant's branding, or None."""
        branding: Branding | None = await self._get({BRANDING.c.tenant_id: tenant_id})
        return branding

    async def get_one(self, tenant_id: str) -> Branding:
        """Return the tenant's branding.

        Raises:
            NotFoundError: The tenant has no branding.
        """
        return self._require_found(await self.get(tenant_id))

    async def set(self, tenant_id: str, branding: Branding | BrandingCreate | Unchecked) -> None:
        """Replace the tenant's branding.

        Fields that are not given are removed.

        Args:
            tenant_id: The tenant's ID.
            branding: The branding, as a model or a mapping of its fields.

        Raises:
            ForeignKeyError: The tenant does not exist.
            InvalidValueError: A value cannot be stored.
        """
        given: Any = self._writer.accept(branding)
        if given.colors is not None and isinstance(given.colors.page_background, str):
            plain = Gradient(type=SOLID_COLOR, start=given.colors.page_background)
            given = given.model_copy(update={"colors": given.colors.model_copy(update={"page_background": plain})})
        await self._run.write(self._sql.upsert(self._new_row(tenant_id, given, None)))


class PromptSettings(Adapter[PromptSetting]):
    """The prompt settings of each tenant (Auth0: prompts)."""

    table = PROMPT_SETTINGS
    model = PromptSetting

    async def get(self, tenant_id: str) -> PromptSetting:
        """Return the tenant's prompt settings.

        A tenant without stored settings has the new login experience, and all flags are off.
        """
        settings: PromptSetting | None = await self._get({PROMPT_SETTING.tenant_id: tenant_id})
        return settings or PromptSetting(identifier_first=False, webauthn_platform_first_factor=False)

    async def set(self, tenant_id: str, settings: BaseModel | PromptSettingUpdate | Unchecked) -> None:
        """Update only the given fields.

        If the tenant has no stored settings yet, the other fields get their defaults, and ``identifier_first`` is on.

        Args:
            tenant_id: The tenant's ID.
            settings: The fields to update, as a model or a mapping.

        Raises:
            InvalidValueError: A value cannot be stored, or a field is unknown.
        """
        changes = self._changes(settings, {})
        first = self._new_row(tenant_id, self._writer.accept({"webauthn_platform_first_factor": False}), None)
        await self._run.write(self._sql.upsert({**first, **changes}, tuple(changes)))


class UniversalLoginTemplates(Adapter[UniversalLoginTemplate]):
    """The universal login template of each tenant (Auth0: universal login page template)."""

    table = UNIVERSAL_LOGIN_TEMPLATES
    model = UniversalLoginTemplate

    async def get(self, tenant_id: str) -> UniversalLoginTemplate | None:
        """Return the tenant's template, or None."""
        template: UniversalLoginTemplate | None = await self._get({UNIVERSAL_LOGIN_TEMPLATE.tenant_id: tenant_id})
        return template

    async def get_one(self, tenant_id: str) -> UniversalLoginTemplate:
        """Return the tenant's template.

        Raises:
            NotFoundError: The tenant has no template.
        """
        return self._require_found(await self.get(tenant_id))

    async def set(self, tenant_id: str, template: UniversalLoginTemplate | UniversalLoginTemplateCreate | Unchecked) -> None:
        """Replace the tenant's template.

        Args:
            tenant_id: The tenant's ID.
            template: The template, as a model or a mapping of its fields.

        Raises:
            ForeignKeyError: The tenant does not exist.
            InvalidValueError: A value cannot be stored.
        """
        values = self._new_row(tenant_id, self._writer.accept(template), None)
        await self._run.write(self._sql.upsert(values, ("body", "updated_at_ts")))

    async def delete(self, tenant_id: str) -> bool:
        """Remove the tenant's template.

        Returns:
            Whether the template existed.
        """
        return await self._remove({UNIVERSAL_LOGIN_TEMPLATE.tenant_id: tenant_id})


class CustomTexts(Adapter[CustomTextEntry]):
    """Custom texts by prompt and language (Auth0: custom text for prompts)."""

    table = CUSTOM_TEXT
    model = CustomTextEntry

    async def get(self, tenant_id: str, prompt: str, language: str) -> CustomText | None:
        """Return the custom texts of the prompt in this language, or None."""
        entry: CustomTextEntry | None = await self._get(
            {CUSTOM_TEXT.c.tenant_id: tenant_id, CUSTOM_TEXT.c.prompt: prompt, CUSTOM_TEXT.c.language: language}
        )
        return entry.custom_text if entry is not None else None

    async def get_one(self, tenant_id: str, prompt: str, language: str) -> CustomText:
        """Return the custom texts of the prompt in this language.

        Raises:
            NotFoundError: The prompt has no custom texts in this language.
        """
        return self._require_found(await self.get(tenant_id, prompt, language))

    async def set(self, tenant_id: str, prompt: str, language: str, custom_text: Mapping[str, Any]) -> None:
        """Replace the custom texts of the prompt in this language.

        Args:
            tenant_id: The tenant's ID.
            prompt: The prompt, such as ``login``.
            language: The language, as a language tag (BCP 47) of at most 16 characters.
            custom_text: The texts by name, or by screen and name.

        Raises:
            ForeignKeyError: The tenant does not exist.
            InvalidValueError: The prompt is unknown, or a value cannot be stored.
        """
        entry = self._writer.accept({"prompt": prompt, "language": language, "custom_text": custom_text})
        await self._run.write(self._sql.upsert(self._new_row(tenant_id, entry, None), ("custom_text", "updated_at_ts")))

    async def delete(self, tenant_id: str, prompt: str, language: str) -> bool:
        """Remove the custom texts of the prompt in this language.

        Returns:
            Whether the texts existed.
        """
        return await self._remove({CUSTOM_TEXT.c.tenant_id: tenant_id, CUSTOM_TEXT.c.prompt: prompt, CUSTOM_TEXT.c.language: language})

    async def list(self, tenant_id: str) -> builtins.list[CustomTextKey]:
        """Return the prompts and languages that have custom texts, sorted by prompt and language."""
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
        """Create a theme.

        Args:
            tenant_id: The tenant's ID.
            theme: The theme, as a model or a mapping of its fields.
            theme_id: The theme's ID, unless ``import_metadata`` contains one. Generated by default.
            import_metadata: The ``id``, ``created_at`` and ``updated_at`` of a row imported from another system.
                Generated by default.

        Returns:
            The stored theme, as ``get`` returns it.

        Raises:
            ConflictError: The ID is taken.
            ForeignKeyError: The tenant does not exist.
            InvalidValueError: A value cannot be stored.
        """
        imported = self._imported(import_metadata)
        # An imported ID takes precedence over theme_id.
        metadata = imported.model_copy(update={"id": theme_id}) if imported.id is None else imported
        return await self._create(tenant_id, theme, metadata)

    async def get(self, tenant_id: str, theme_id: str) -> Theme | None:
        """Return the theme with this ID, or None."""
        theme: Theme | None = await self._get(self._own(tenant_id, theme_id))
        return theme

    async def get_one(self, tenant_id: str, theme_id: str) -> Theme:
        """Return the theme with this ID.

        Raises:
            NotFoundError: No theme has this ID.
        """
        return self._require_found(await self.get(tenant_id, theme_id))

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
        """Update only the given fields, including those inside a group such as ``colors``.

        Fields of a group that are not given keep their values.

        Args:
            tenant_id: The tenant's ID.
            theme_id: The theme's ID.
            fields: The fields to update, as a model or a mapping.
            expect: Values that the row must still have, such as ``{"updated_at": seen}``. Nothing is written if any of
                them differs. Only plain fields can be compared.
            returning: Return the updated row instead of a bool. This takes a second query.

        Returns:
            Whether the theme exists and matches ``expect``. With ``returning``, the updated theme, or None.

        Raises:
            InvalidQueryError: A field of ``expect`` is unknown or cannot be compared.
            InvalidValueError: A value cannot be stored, or a field is unknown or cannot be updated.
            UnsupportedError: ``returning`` is used in a batch.
        """
        return await self._update_result(
            returning, lambda: self._write(tenant_id, theme_id, fields, expect=expect), lambda: self.get(tenant_id, theme_id)
        )

    async def _write(self, tenant_id: str, theme_id: str, fields: BaseModel | ThemeUpdate | Unchecked, *, expect: Expected) -> bool:
        return await self._update(self._own(tenant_id, theme_id), fields, expect)

    async def remove(self, tenant_id: str, theme_id: str) -> bool:
        """Remove the theme.

        Returns:
            Whether the theme existed.
        """
        return await self._remove(self._own(tenant_id, theme_id))
