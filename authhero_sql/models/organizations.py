"""Organizations, their connections and members, and invitations to them."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from .base import Insert, Instant, Model, Nested, Secret

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
    page_background: str | None = None


class OrganizationBranding(Nested):
    """How an organization's pages look."""

    logo_url: str | None = None
    colors: OrganizationColors | None = None


class OrganizationEnabledConnection(Nested):
    """A connection that an organization is created with."""

    connection_id: str
    assign_membership_on_login: bool = False
    show_as_button: bool = True
    is_signup_enabled: bool = True


class ClientCredentialsQuota(Nested):
    """How many tokens may be issued to machines; per day and per hour."""

    enforce: bool = False
    per_day: int | float = Field(default=0, ge=0)
    per_hour: int | float = Field(default=0, ge=0)


class OrganizationTokenQuota(Nested):
    """How many tokens may be issued for an organization."""

    client_credentials: ClientCredentialsQuota | None = None


class OrganizationFields(Model):
    """What an inserted and a stored organization share."""

    name: str
    display_name: str | None = None
    branding: OrganizationBranding | None = None
    metadata: dict[str, Any] | None = Field(default_factory=dict)
    enabled_connections: list[OrganizationEnabledConnection] | None = Field(default_factory=list)
    token_quota: OrganizationTokenQuota | None = None


class OrganizationInsert(OrganizationFields, Insert):
    """An organization to be created."""

    id: str | None = None
    name: Annotated[str, StringConstraints(min_length=1, pattern=r"^[a-z0-9_-]+\z")]


class Organization(OrganizationFields):
    """A business customer or partner whose people sign in (Auth0: organization)."""

    id: str
    created_at: Instant
    updated_at: Instant


class JoinedOrganization(Organization):
    """An organization, and since when a user has been a member."""

    joined_at: Instant


class OrganizationConnectionFields(Model):
    """What an inserted and a stored connection of an organization share."""

    connection_id: str
    assign_membership_on_login: bool = False
    show_as_button: bool = True
    is_signup_enabled: bool = True


class OrganizationConnectionInsert(OrganizationConnectionFields, Insert):
    """A connection to be enabled for an organization."""


class ConnectionSummary(Nested):
    """What an organization shows of a connection."""

    name: str | None = None
    strategy: str | None = None


class OrganizationConnection(OrganizationConnectionFields):
    """A connection that is enabled for an organization."""

    connection: ConnectionSummary | None = None
    created_at: Instant | None = None
    updated_at: Instant | None = None


class UserOrganizationInsert(Insert):
    """A membership to be created."""

    user_id: str
    organization_id: str


class UserOrganization(Model):
    """A user's membership of an organization."""

    user_id: str
    organization_id: str
    id: str
    created_at: Instant
    updated_at: Instant


class Inviter(Nested):
    """Who invites."""

    name: str | None = None


class Invitee(Nested):
    """Who is invited."""

    email: str | None = None


class InviteFields(Model):
    """What an inserted and a stored invitation share."""

    organization_id: str
    inviter: Inviter
    invitee: Invitee
    invitation_url: Secret[str]
    client_id: str
    connection_id: str | None = None
    app_metadata: dict[str, Any] | None = Field(default_factory=dict)
    user_metadata: dict[str, Any] | None = Field(default_factory=dict)
    ttl_sec: int | None = 604_800
    roles: list[str] | None = Field(default_factory=list)
    send_invitation_email: bool | None = True


class InviteInsert(InviteFields, Insert):
    """An invitation to be created; it expires ``ttl_sec`` seconds later, a week by default, thirty days at most."""

    id: str | None = None
    organization_id: Annotated[str, StringConstraints(max_length=50)]
    ttl_sec: int | None = Field(default=604_800, le=2_592_000)


class Invite(InviteFields):
    """An invitation to join an organization."""

    id: str
    created_at: Instant
    expires_at: Instant
    ticket_id: Secret[str | None] = None
