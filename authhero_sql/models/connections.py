"""Connections: the ways in which people sign in."""

from typing import Any, Literal

from pydantic import Field

from .base import Insert, Instant, Model, Nested, Secret, Varchar64, Varchar255
from .shared import ResponseMode, ResponseType

__all__ = [
    "Active",
    "AllowedUsernameTypes",
    "Connection",
    "ConnectionAttributes",
    "ConnectionAuthenticationMethods",
    "ConnectionConfiguration",
    "ConnectionFields",
    "ConnectionInsert",
    "ConnectionOptions",
    "ConnectionValidation",
    "EmailAttribute",
    "EmailSignup",
    "EmailValidation",
    "Enabled",
    "PasskeyOptions",
    "PasswordComplexity",
    "PasswordDictionary",
    "PasswordHistory",
    "PasswordNoPersonalInfo",
    "PasswordPolicy",
    "PhoneNumberAttribute",
    "Signup",
    "SignupStatus",
    "UsernameAttribute",
    "UsernameLength",
    "UsernameRules",
]

PasswordPolicy = Literal["none", "low", "fair", "good", "excellent"]
SignupStatus = Literal["required", "optional", "disabled"]


class PasswordComplexity(Nested):
    """How long a password has to be."""

    min_length: int | None = None
    """The least number of characters."""


class PasswordHistory(Nested):
    """Which earlier passwords are refused."""

    enable: bool | None = None
    """Whether earlier passwords are refused."""
    size: int | None = None
    """The number of earlier passwords that are refused."""


class PasswordNoPersonalInfo(Nested):
    """Whether a password may hold what is known of the person."""

    enable: bool | None = None
    """Whether passwords that contain the user's personal data are refused."""


class PasswordDictionary(Nested):
    """The words that no password may be."""

    enable: bool | None = None
    """Whether passwords in the dictionary are refused."""
    dictionary: list[str] | None = None
    """Further words that are refused."""


class ConnectionConfiguration(Nested):
    """The other side of a connection that moves people over from elsewhere."""

    token_endpoint: str | None = None
    """The address of the other server's token endpoint."""
    userinfo_endpoint: str | None = None
    """The address of the other server's UserInfo endpoint."""
    client_id: str | None = None
    """The client identifier at the other server."""
    client_secret: Secret[str | None] = None
    """The client secret at the other server."""
    client_secret_hint: str | None = None
    """The last characters of the client secret."""
    realm: str | None = None
    """The name of the other server's connection."""


class Active(Nested):
    """Something that is switched on or off."""

    active: bool | None = None
    """Whether it is switched on."""


class Signup(Nested):
    """Whether an attribute is asked for at sign-up."""

    status: SignupStatus | None = None
    """Whether the attribute is required, optional or not asked for."""


class EmailSignup(Signup):
    """Whether an e-mail address is asked for at sign-up, and proven."""

    verification: Active | None = None
    """Whether the user must verify the e-mail address."""


class EmailValidation(Nested):
    """Whether an e-mail address is allowed."""

    allowed: bool | None = None
    """Whether the e-mail address is allowed."""


class EmailAttribute(Nested):
    """E-mail addresses as a way to name oneself."""

    identifier: Active | None = None
    """Whether users may sign in with their e-mail address."""
    signup: EmailSignup | None = None
    """Whether the e-mail address is asked for at sign-up."""
    validation: EmailValidation | None = None
    """Whether e-mail addresses are allowed."""
    unique: bool | None = None
    """Whether an e-mail address may belong to one user only."""
    profile_required: bool | None = None
    """Whether a profile must have an e-mail address."""
    verification_method: Literal["link", "code"] | None = None
    """Whether the e-mail address is verified by a link or by a code."""


class AllowedUsernameTypes(Nested):
    """What else a username may be."""

    email: bool | None = None
    """Whether a user name may be an e-mail address."""
    phone_number: bool | None = None
    """Whether a user name may be a phone number."""


class UsernameRules(Nested):
    """What a username looks like."""

    max_length: int | None = None
    """The most characters that a user name has."""
    min_length: int | None = None
    """The least number of characters that a user name has."""
    allowed_types: AllowedUsernameTypes | None = None
    """What else a user name may look like."""


class UsernameAttribute(Nested):
    """Usernames as a way to name oneself."""

    identifier: Active | None = None
    """Whether users may sign in with their user name."""
    signup: Signup | None = None
    """Whether a user name is asked for at sign-up."""
    validation: UsernameRules | None = None
    """The rules for user names."""
    profile_required: bool | None = None
    """Whether a profile must have a user name."""


class PhoneNumberAttribute(Nested):
    """Phone numbers as a way to name oneself."""

    identifier: Active | None = None
    """Whether users may sign in with their phone number."""
    signup: Signup | None = None
    """Whether a phone number is asked for at sign-up."""


class ConnectionAttributes(Nested):
    """The ways to name oneself at a connection."""

    email: EmailAttribute | None = None
    """The settings of e-mail addresses."""
    username: UsernameAttribute | None = None
    """The settings of user names."""
    phone_number: PhoneNumberAttribute | None = None
    """The settings of phone numbers."""


class Enabled(Nested):
    """Something that is enabled or not."""

    enabled: bool | None = None
    """Whether it is enabled."""


class ConnectionAuthenticationMethods(Nested):
    """The ways to prove who one is at a connection."""

    password: Enabled | None = None
    """Whether users may sign in with a password."""
    passkey: Enabled | None = None
    """Whether users may sign in with a passkey."""


class PasskeyOptions(Nested):
    """How passkeys are asked for."""

    challenge_ui: Literal["both", "autofill", "button"] | None = None
    """Whether passkeys are offered by a button, by autofill, or by both."""
    local_enrollment_enabled: bool | None = None
    """Whether users are offered to enroll a passkey on a device after they have used one from another."""
    progressive_enrollment_enabled: bool | None = None
    """Whether users are offered to enroll a passkey when they sign in with a password."""


class UsernameLength(Nested):
    """How long a username may be."""

    min: int | None = None
    """The least number of characters."""
    max: int | None = None
    """The most characters."""


class ConnectionValidation(Nested):
    """What is checked of what people type."""

    username: UsernameLength | None = None
    """The length of user names."""


class ConnectionOptions(Nested):
    """The settings of a connection; which ones there are depends on its strategy."""

    kid: str | None = None
    """The identifier of the key at the provider (Sign in with Apple)."""
    team_id: str | None = None
    """The identifier of the developer team (Sign in with Apple)."""
    realms: str | None = None
    """The realms of the provider."""
    authentication_method: str | None = None
    """How the user proves control of the address, such as by a code or a link."""
    client_id: str | None = None
    """The client identifier at the provider."""
    client_secret: Secret[str | None] = None
    """The client secret at the provider."""
    app_secret: Secret[str | None] = None
    """The private key of the app at the provider (Sign in with Apple)."""
    scope: str | None = None
    """The scopes that are requested from the provider, separated by spaces."""
    client_secret_hint: str | None = None
    """The last characters of the client secret."""
    app_secret_hint: str | None = None
    """The last characters of the app secret."""
    twilio_token_hint: str | None = None
    """The last characters of the Twilio token."""
    authorization_endpoint: str | None = None
    """The address of the provider's authorization endpoint."""
    token_endpoint: str | None = None
    """The address of the provider's token endpoint."""
    userinfo_endpoint: str | None = None
    """The address of the provider's UserInfo endpoint."""
    jwks_uri: str | None = None
    """The address of the provider's JSON Web Key Set."""
    discovery_url: str | None = None
    """The address of the provider's OpenID Connect discovery document."""
    issuer: str | None = None
    """The issuer identifier of the provider."""
    token_endpoint_auth_method: Literal["client_secret_basic", "client_secret_post"] | None = None
    """How the client authenticates at the provider's token endpoint."""
    provider: str | None = None
    """The service that sends messages, such as ``twilio``."""
    from_: str | None = Field(default=None, validation_alias="from", serialization_alias="from")
    """The sender of messages."""
    twilio_sid: str | None = None
    """The account SID at Twilio."""
    twilio_token: Secret[str | None] = None
    """The authentication token at Twilio."""
    icon_url: str | None = None
    """The address of the icon on the connection's button."""
    domain_aliases: list[str] | None = None
    """The e-mail domains whose users sign in by this connection."""
    callback_url: str | None = None
    """The address to which the provider redirects the user."""
    password_policy: PasswordPolicy | None = Field(default=None, validation_alias="passwordPolicy", serialization_alias="passwordPolicy")
    """How strong passwords have to be."""
    password_complexity_options: PasswordComplexity | None = None
    """How long passwords have to be."""
    password_history: PasswordHistory | None = None
    """Which earlier passwords are refused."""
    password_no_personal_info: PasswordNoPersonalInfo | None = None
    """Whether passwords may contain personal data."""
    password_dictionary: PasswordDictionary | None = None
    """Which common words are refused as passwords."""
    disable_signup: bool | None = None
    """Whether sign-ups are disabled."""
    brute_force_protection: bool | None = None
    """Whether repeated failures to sign in block the account."""
    import_mode: bool | None = None
    """Whether users are imported from another server when they sign in."""
    configuration: ConnectionConfiguration | None = None
    """The server that users are imported from."""
    attributes: ConnectionAttributes | None = None
    """Which attributes users have and may sign in with."""
    authentication_methods: ConnectionAuthenticationMethods | None = None
    """Which authentication methods users may use."""
    passkey_options: PasskeyOptions | None = None
    """The settings of passkeys."""
    requires_username: bool | None = None
    """Whether users need a user name beside their e-mail address."""
    validation: ConnectionValidation | None = None
    """The rules for what users type."""
    set_user_root_attributes: Literal["on_each_login", "on_first_login", "never_on_login"] | None = None
    """When the profile is updated with what the provider says."""


class ConnectionFields(Model):
    """What an inserted and a stored connection share."""

    name: Varchar255
    """The name of the connection, by which users and requests refer to it."""
    display_name: Varchar255 | None = None
    """The name of the connection that is shown to users."""
    strategy: Varchar64
    """The kind of identity provider, such as ``auth0``, ``email`` or ``google-oauth2``."""
    options: Secret[ConnectionOptions | None] = None
    """The settings of the connection, which depend on its strategy."""
    enabled_clients: list[str] = Field(default_factory=list)
    """The identifiers of clients; accepted and never stored, see ``client_connections``."""
    response_type: ResponseType | None = None
    """The ``response_type`` of authorization requests to the provider."""
    response_mode: ResponseMode | None = None
    """The ``response_mode`` of authorization requests to the provider."""
    is_domain_connection: bool | None = None
    """Whether the connection may be used beyond the tenant's own clients."""
    show_as_button: bool | None = None
    """Whether the sign-in page shows a button for the connection."""
    metadata: dict[str, Any] | None = None
    """Free-form data about the connection."""
    is_system: bool | None = None
    """Whether the system owns the connection, so that a tenant cannot change it."""


class ConnectionInsert(ConnectionFields, Insert):
    """A connection to be created."""

    id: Varchar255 | None = None
    """The identifier of the connection; generated if it is omitted."""


class Connection(ConnectionFields):
    """A way to sign in: a database of passwords, a social provider, an enterprise directory, a code by e-mail or text."""

    id: str
    """The identifier of the connection."""
    created_at: Instant
    """When the connection was created."""
    updated_at: Instant
    """When the connection was last changed."""
