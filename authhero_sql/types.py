"""The typed dictionaries that callers write: conditions of lists.

``scripts/write_types.py`` writes this file from the adapters and their tables; do not edit it.
"""

# Not as strings: TypedDict would compile each of them when the module is imported.

from datetime import date, datetime
from typing import TypeAlias, TypedDict

from .where import Condition

TextIs: TypeAlias = str | Condition[str] | None
"""Text that must be equal, or a condition for it; None for no value."""
NumberIs: TypeAlias = int | Condition[int] | None
"""A number that must be equal, or a condition for it; None for no value."""
TruthIs: TypeAlias = bool | Condition[bool] | None
"""What must be true or false; None for no value."""
InstantIs: TypeAlias = datetime | date | str | Condition[datetime] | Condition[date] | Condition[str] | None
"""An instant, a day or the ISO 8601 text of either, or a condition for it; None for no value."""


class ActionWhere(TypedDict, total=False):
    """The fields by which ``actions`` are filtered."""

    id: TextIs
    name: TextIs
    is_system: TruthIs


class ClientWhere(TypedDict, total=False):
    """The fields by which ``clients`` are filtered."""

    client_id: TextIs
    name: TextIs
    app_type: TextIs
    is_first_party: TruthIs
    owner_user_id: TextIs
    registration_type: TextIs
    created_at: InstantIs
    updated_at: InstantIs


class ClientGrantWhere(TypedDict, total=False):
    """The fields by which ``client_grants`` are filtered."""

    id: TextIs
    client_id: TextIs
    audience: TextIs
    organization_usage: TextIs
    allow_any_organization: TruthIs
    is_system: TruthIs
    subject_type: TextIs
    created_at: InstantIs
    updated_at: InstantIs


class CodeWhere(TypedDict, total=False):
    """The fields by which ``codes`` are filtered."""

    code_id: TextIs
    code_type: TextIs
    user_id: TextIs
    login_id: TextIs
    connection_id: TextIs
    created_at: InstantIs
    expires_at: InstantIs
    used_at: InstantIs


class ConnectionWhere(TypedDict, total=False):
    """The fields by which ``connections`` are filtered."""

    id: TextIs
    name: TextIs
    strategy: TextIs
    display_name: TextIs
    is_system: TruthIs


class FlowWhere(TypedDict, total=False):
    """The fields by which ``flows`` are filtered."""

    id: TextIs
    name: TextIs


class FormWhere(TypedDict, total=False):
    """The fields by which ``forms`` are filtered."""

    id: TextIs
    name: TextIs


class GrantWhere(TypedDict, total=False):
    """The fields by which ``grants`` are filtered."""

    id: TextIs
    user_id: TextIs
    clientID: TextIs
    audience: TextIs


class HookWhere(TypedDict, total=False):
    """The fields by which ``hooks`` are filtered."""

    hook_id: TextIs
    trigger_id: TextIs
    enabled: TruthIs
    synchronous: TruthIs
    url: TextIs
    form_id: TextIs
    template_id: TextIs
    code_id: TextIs
    page_id: TextIs


class InviteWhere(TypedDict, total=False):
    """The fields by which ``invites`` are filtered."""

    id: TextIs
    organization_id: TextIs
    client_id: TextIs
    created_at: InstantIs
    expires_at: InstantIs


class LogWhere(TypedDict, total=False):
    """The fields by which ``logs`` are filtered."""

    user_id: TextIs
    ip: TextIs
    type: TextIs
    date: InstantIs
    client_id: TextIs
    client_name: TextIs
    user_agent: TextIs
    description: TextIs
    user_name: TextIs
    connection: TextIs
    connection_id: TextIs
    audience: TextIs
    scope: TextIs
    strategy: TextIs
    strategy_type: TextIs
    hostname: TextIs
    log_id: TextIs
    session_connection: TextIs
    country_code: TextIs
    city_name: TextIs
    latitude: TextIs
    longitude: TextIs
    time_zone: TextIs
    continent_code: TextIs


class OrganizationWhere(TypedDict, total=False):
    """The fields by which ``organizations`` are filtered."""

    name: TextIs
    display_name: TextIs


class RefreshTokenWhere(TypedDict, total=False):
    """The fields by which ``refresh_tokens`` are filtered."""

    id: TextIs
    user_id: TextIs
    client_id: TextIs
    login_id: TextIs
    family_id: TextIs
    rotating: TruthIs
    created_at: InstantIs
    expires_at: InstantIs
    revoked_at: InstantIs


class ResourceServerWhere(TypedDict, total=False):
    """The fields by which ``resource_servers`` are filtered."""

    id: TextIs
    name: TextIs
    identifier: TextIs
    is_system: TruthIs


class RoleWhere(TypedDict, total=False):
    """The fields by which ``roles`` are filtered."""

    id: TextIs
    name: TextIs
    is_system: TruthIs
    description: TextIs
    created_at: InstantIs
    updated_at: InstantIs


class SessionWhere(TypedDict, total=False):
    """The fields by which ``sessions`` are filtered."""

    id: TextIs
    user_id: TextIs
    login_session_id: TextIs
    created_at: InstantIs
    expires_at: InstantIs
    revoked_at: InstantIs
    used_at: InstantIs


class SigningKeyWhere(TypedDict, total=False):
    """The fields by which ``signingKeys`` are filtered."""

    kid: TextIs
    type: TextIs
    tenant_id: TextIs
    connection: TextIs
    fingerprint: TextIs
    thumbprint: TextIs
    current_since: InstantIs
    revoked_at: InstantIs


class TenantWhere(TypedDict, total=False):
    """The fields by which ``tenants`` are filtered."""

    id: TextIs
    friendly_name: TextIs
    deployment_type: TextIs
    provisioning_state: TextIs
    created_at: InstantIs


class UserWhere(TypedDict, total=False):
    """The fields by which ``users`` are filtered."""

    user_id: TextIs
    email: TextIs
    email_verified: TruthIs
    username: TextIs
    phone_number: TextIs
    phone_verified: TruthIs
    name: TextIs
    given_name: TextIs
    family_name: TextIs
    nickname: TextIs
    picture: TextIs
    locale: TextIs
    linked_to: TextIs
    provider: TextIs
    connection: TextIs
    is_social: TruthIs
    blocked: TruthIs
    last_ip: TextIs
    last_login: InstantIs
    login_count: NumberIs
    created_at: InstantIs
    updated_at: InstantIs


class UserOrganizationWhere(TypedDict, total=False):
    """The fields by which ``userOrganizations`` are filtered."""

    user_id: TextIs
    organization_id: TextIs
