"""Organizations with their connections, members and invitations."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from .base import Insert, Instant, Int32, Model, Nested, Secret, Varchar21, Varchar191, Varchar255, Varchar256

__all__ = [
    "ClientCredentialsQuota",
    "ConnectionSummary",
    "Invite",
    "InviteFields",
    "InviteInsert",
    "Invitee",
    "Inviter",
    "JoinedOrganization",
    "Organization",
    "OrganizationBranding",
    "OrganizationColors",
    "OrganizationConnection",
    "OrganizationConnectionFields",
    "OrganizationConnectionInsert",
    "OrganizationEnabledConnection",
    "OrganizationFields",
    "OrganizationInsert",
    "OrganizationTokenQuota",
    "UserOrganization",
    "UserOrganizationInsert",
]


class OrganizationColors(Nested):
    """The color settings of an organization's branding."""

    primary: str | None = None
    """The accent color, as a CSS hexadecimal color."""
    page_background: str | None = None
    """The background color of the page, as a CSS hexadecimal color."""


class OrganizationBranding(Nested):
    """The branding settings of an organization."""

    logo_url: str | None = None
    """The URL of the organization's logo."""
    colors: OrganizationColors | None = None
    """The color settings."""


class OrganizationEnabledConnection(Nested):
    """A connection that is enabled when an organization is created."""

    connection_id: str
    """The ID of the connection."""
    assign_membership_on_login: bool = False
    """Whether users become members when they log in with the connection."""
    show_as_button: bool = True
    """Whether the organization's login page shows a button for the connection."""
    is_signup_enabled: bool = True
    """Whether users may sign up with the connection."""


class ClientCredentialsQuota(Nested):
    """The token quota of the client credentials grant."""

    enforce: bool = False
    """Whether requests that exceed the quota are rejected."""
    per_day: int | float = Field(default=0, ge=0)
    """The maximum number of tokens per day."""
    per_hour: int | float = Field(default=0, ge=0)
    """The maximum number of tokens per hour."""


class OrganizationTokenQuota(Nested):
    """The token quota of an organization."""

    client_credentials: ClientCredentialsQuota | None = None
    """The token quota of the client credentials grant."""


class OrganizationFields(Model):
    """The fields common to ``OrganizationInsert`` and ``Organization``."""

    name: str
    """The name of the organization, unique within the tenant."""
    display_name: Varchar256 | None = None
    """The display name of the organization, shown to users."""
    branding: OrganizationBranding | None = None
    """The branding settings of the organization."""
    metadata: dict[str, Any] | None = Field(default_factory=dict)
    """Arbitrary metadata about the organization."""
    enabled_connections: list[OrganizationEnabledConnection] | None = Field(default_factory=list)
    """The connections that are enabled when the organization is created."""
    token_quota: OrganizationTokenQuota | None = None
    """The token quota of the organization."""


class OrganizationInsert(OrganizationFields, Insert):
    """The fields of a new organization."""

    id: Varchar256 | None = None
    """The ID of the organization, generated if omitted."""
    name: Annotated[Varchar256, StringConstraints(min_length=1, pattern=r"^[a-z0-9_-]+\z")]


class Organization(OrganizationFields):
    """A business customer or partner whose members log in together."""

    id: str
    """The ID of the organization."""
    created_at: Instant
    """When the organization was created."""
    updated_at: Instant
    """When the organization was last updated."""


class JoinedOrganization(Organization):
    """An organization that a user is a member of, with the time of joining."""

    joined_at: Instant
    """When the user became a member."""


class OrganizationConnectionFields(Model):
    """The fields common to ``OrganizationConnectionInsert`` and ``OrganizationConnection``."""

    connection_id: Varchar191
    """The ID of the connection."""
    assign_membership_on_login: bool = False
    """Whether users become members when they log in with the connection."""
    show_as_button: bool = True
    """Whether the organization's login page shows a button for the connection."""
    is_signup_enabled: bool = True
    """Whether users may sign up with the connection."""


class OrganizationConnectionInsert(OrganizationConnectionFields, Insert):
    """The fields of a new organization connection."""


class ConnectionSummary(Nested):
    """The name and the strategy of a connection."""

    name: str | None = None
    """The name of the connection."""
    strategy: str | None = None
    """The strategy of the connection, such as ``auth0`` or ``google-oauth2``."""


class OrganizationConnection(OrganizationConnectionFields):
    """A connection that is enabled for an organization."""

    connection: ConnectionSummary | None = None
    """The name and the strategy of the connection."""
    created_at: Instant | None = None
    """When the connection was enabled for the organization."""
    updated_at: Instant | None = None
    """When the connection was last updated."""


class UserOrganizationInsert(Insert):
    """The fields of a new membership."""

    user_id: Varchar256
    """The ID of the user."""
    organization_id: Varchar256
    """The ID of the organization."""


class UserOrganization(Model):
    """A user's membership in an organization."""

    user_id: str
    """The ID of the user."""
    organization_id: str
    """The ID of the organization."""
    id: str
    """The ID of the membership."""
    created_at: Instant
    """When the membership was created."""
    updated_at: Instant
    """When the membership was last updated."""


class Inviter(Nested):
    """The person who sends an invitation."""

    name: str | None = None
    """The name of the inviter."""


class Invitee(Nested):
    """The person who receives an invitation."""

    email: str | None = None
    """The email address of the invitee."""


class InviteFields(Model):
    """The fields common to ``InviteInsert`` and ``Invite``."""

    organization_id: str
    """The ID of the organization."""
    inviter: Inviter
    """The person who sends the invitation."""
    invitee: Invitee
    """The person who receives the invitation."""
    invitation_url: Secret[str]
    """The URL that accepts the invitation, which contains the ticket."""
    client_id: Varchar191
    """The ID of the client."""
    connection_id: Varchar255 | None = None
    """The ID of the connection that the invitee must use."""
    app_metadata: dict[str, Any] | None = Field(default_factory=dict)
    """The ``app_metadata`` of the invited user."""
    user_metadata: dict[str, Any] | None = Field(default_factory=dict)
    """The ``user_metadata`` of the invited user."""
    ttl_sec: int | None = 604_800
    """The lifetime of the invitation, in seconds."""
    roles: list[str] | None = Field(default_factory=list)
    """The IDs of the roles to assign to the invited user in the organization."""
    send_invitation_email: bool | None = True
    """Whether the invitation is sent by email."""


class InviteInsert(InviteFields, Insert):
    """The fields of a new invitation, which expires after ``ttl_sec`` seconds: a week by default, 30 days at most."""

    id: Varchar21 | None = None
    """The ID of the invitation, generated if omitted."""
    organization_id: Annotated[str, StringConstraints(max_length=50)]
    ttl_sec: Int32 | None = Field(default=604_800, le=2_592_000)


class Invite(InviteFields):
    """An invitation to join an organization."""

    id: str
    """The ID of the invitation."""
    created_at: Instant
    """When the invitation was created."""
    expires_at: Instant
    """When the invitation expires."""
    ticket_id: Secret[Varchar191 | None] = None
    """The ticket that accepts the invitation."""
