"""Organizations, their connections and members, and invitations to them."""

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
    """The colours of an organization's pages."""

    primary: str | None = None
    """The accent colour, as a CSS hexadecimal colour."""
    page_background: str | None = None
    """The background of the page, as a CSS hexadecimal colour."""


class OrganizationBranding(Nested):
    """How an organization's pages look."""

    logo_url: str | None = None
    """The address of the organization's logo."""
    colors: OrganizationColors | None = None
    """The colours of the organization's pages."""


class OrganizationEnabledConnection(Nested):
    """A connection that an organization is created with."""

    connection_id: str
    """The identifier of the connection."""
    assign_membership_on_login: bool = False
    """Whether users become members when they sign in by the connection."""
    show_as_button: bool = True
    """Whether the organization's sign-in page shows a button for the connection."""
    is_signup_enabled: bool = True
    """Whether users may sign up by the connection."""


class ClientCredentialsQuota(Nested):
    """How many tokens may be issued to machines; per day and per hour."""

    enforce: bool = False
    """Whether requests beyond the quota are refused."""
    per_day: int | float = Field(default=0, ge=0)
    """The most tokens in a day."""
    per_hour: int | float = Field(default=0, ge=0)
    """The most tokens in an hour."""


class OrganizationTokenQuota(Nested):
    """How many tokens may be issued for an organization."""

    client_credentials: ClientCredentialsQuota | None = None
    """The number of tokens that may be issued to machines."""


class OrganizationFields(Model):
    """What an inserted and a stored organization share."""

    name: str
    """The name of the organization, unique in the tenant."""
    display_name: Varchar256 | None = None
    """The name of the organization that is shown to users."""
    branding: OrganizationBranding | None = None
    """How the organization's pages look."""
    metadata: dict[str, Any] | None = Field(default_factory=dict)
    """Free-form data about the organization."""
    enabled_connections: list[OrganizationEnabledConnection] | None = Field(default_factory=list)
    """The connections that the organization is created with."""
    token_quota: OrganizationTokenQuota | None = None
    """The number of tokens that may be issued for the organization."""


class OrganizationInsert(OrganizationFields, Insert):
    """An organization to be created."""

    id: Varchar256 | None = None
    """The identifier of the organization; generated if it is omitted."""
    name: Annotated[Varchar256, StringConstraints(min_length=1, pattern=r"^[a-z0-9_-]+\z")]


class Organization(OrganizationFields):
    """A business customer or partner whose people sign in (Auth0: organization)."""

    id: str
    """The identifier of the organization."""
    created_at: Instant
    """When the organization was created."""
    updated_at: Instant
    """When the organization was last changed."""


class JoinedOrganization(Organization):
    """An organization, and since when a user has been a member."""

    joined_at: Instant
    """When the user became a member."""


class OrganizationConnectionFields(Model):
    """What an inserted and a stored connection of an organization share."""

    connection_id: Varchar191
    """The identifier of the connection."""
    assign_membership_on_login: bool = False
    """Whether users become members when they sign in by the connection."""
    show_as_button: bool = True
    """Whether the organization's sign-in page shows a button for the connection."""
    is_signup_enabled: bool = True
    """Whether users may sign up by the connection."""


class OrganizationConnectionInsert(OrganizationConnectionFields, Insert):
    """A connection to be enabled for an organization."""


class ConnectionSummary(Nested):
    """What an organization shows of a connection."""

    name: str | None = None
    """The name of the connection."""
    strategy: str | None = None
    """The strategy of the connection."""


class OrganizationConnection(OrganizationConnectionFields):
    """A connection that is enabled for an organization."""

    connection: ConnectionSummary | None = None
    """The name and the strategy of the connection."""
    created_at: Instant | None = None
    """When the connection was enabled for the organization."""
    updated_at: Instant | None = None
    """When the connection was last changed."""


class UserOrganizationInsert(Insert):
    """A membership to be created."""

    user_id: Varchar256
    """The identifier of the user."""
    organization_id: Varchar256
    """The identifier of the organization."""


class UserOrganization(Model):
    """A user's membership of an organization."""

    user_id: str
    """The identifier of the user."""
    organization_id: str
    """The identifier of the organization."""
    id: str
    """The identifier of the membership."""
    created_at: Instant
    """When the membership was created."""
    updated_at: Instant
    """When the membership was last changed."""


class Inviter(Nested):
    """Who invites."""

    name: str | None = None
    """The name of the person who invites."""


class Invitee(Nested):
    """Who is invited."""

    email: str | None = None
    """The e-mail address of the person who is invited."""


class InviteFields(Model):
    """What an inserted and a stored invitation share."""

    organization_id: str
    """The identifier of the organization."""
    inviter: Inviter
    """The person who invites."""
    invitee: Invitee
    """The person who is invited."""
    invitation_url: Secret[str]
    """The address by which the invitation is accepted; it contains the ticket."""
    client_id: Varchar191
    """The identifier of the client that the user signs in to."""
    connection_id: Varchar255 | None = None
    """The identifier of the connection that the user has to sign in by."""
    app_metadata: dict[str, Any] | None = Field(default_factory=dict)
    """The ``app_metadata`` that the user gets."""
    user_metadata: dict[str, Any] | None = Field(default_factory=dict)
    """The ``user_metadata`` that the user gets."""
    ttl_sec: int | None = 604_800
    """The lifetime of the invitation, in seconds."""
    roles: list[str] | None = Field(default_factory=list)
    """The identifiers of the roles that the user gets in the organization."""
    send_invitation_email: bool | None = True
    """Whether the invitation is sent by e-mail."""


class InviteInsert(InviteFields, Insert):
    """An invitation to be created; it expires ``ttl_sec`` seconds later, a week by default, thirty days at most."""

    id: Varchar21 | None = None
    """The identifier of the invitation; generated if it is omitted."""
    organization_id: Annotated[str, StringConstraints(max_length=50)]
    ttl_sec: Int32 | None = Field(default=604_800, le=2_592_000)


class Invite(InviteFields):
    """An invitation to join an organization."""

    id: str
    """The identifier of the invitation."""
    created_at: Instant
    """When the invitation was created."""
    expires_at: Instant
    """When the invitation expires."""
    ticket_id: Secret[Varchar191 | None] = None
    """The ticket by which the invitation is accepted."""
