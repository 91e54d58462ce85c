"""Connections: the sources of users."""

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
    """The password length requirements of a connection."""

    min_length: int | None = None
    """The minimum number of characters."""


class PasswordHistory(Nested):
    """The password history settings of a connection."""

    enable: bool | None = None
    """Whether previously used passwords are rejected."""
    size: int | None = None
    """The number of previous passwords to check."""


class PasswordNoPersonalInfo(Nested):
    """The policy of a connection on personal data in passwords."""

    enable: bool | None = None
    """Whether passwords that contain the user's personal data are rejected."""


class PasswordDictionary(Nested):
    """The password dictionary settings of a connection."""

    enable: bool | None = None
    """Whether passwords in the dictionary are rejected."""
    dictionary: list[str] | None = None
    """Additional passwords to reject."""


class ConnectionConfiguration(Nested):
    """The upstream server of a connection that imports users."""

    token_endpoint: str | None = None
    """The URL of the token endpoint."""
    userinfo_endpoint: str | None = None
    """The URL of the UserInfo endpoint."""
    client_id: str | None = None
    """The client ID at the upstream server."""
    client_secret: Secret[str | None] = None
    """The client secret at the upstream server."""
    client_secret_hint: str | None = None
    """The last characters of the client secret."""
    realm: str | None = None
    """The name of the connection at the upstream server."""


class Active(Nested):
    """A setting that is active or inactive."""

    active: bool | None = None
    """Whether the setting is active."""


class Signup(Nested):
    """The signup settings of an attribute."""

    status: SignupStatus | None = None
    """Whether the attribute is required, optional or disabled at signup."""


class EmailSignup(Signup):
    """The signup settings of the email attribute."""

    verification: Active | None = None
    """Whether users must verify their email address."""


class EmailValidation(Nested):
    """The validation settings of the email attribute."""

    allowed: bool | None = None
    """Whether email addresses are allowed."""


class EmailAttribute(Nested):
    """The settings of the email attribute."""

    identifier: Active | None = None
    """Whether the attribute is an identifier that users may log in with."""
    signup: EmailSignup | None = None
    """The signup settings of the attribute."""
    validation: EmailValidation | None = None
    """The validation settings of the attribute."""
    unique: bool | None = None
    """Whether email addresses must be unique."""
    profile_required: bool | None = None
    """Whether the attribute is required in the user profile."""
    verification_method: Literal["link", "code"] | None = None
    """Whether email addresses are verified with a link or a code."""


class AllowedUsernameTypes(Nested):
    """The other identifier formats that usernames may have."""

    email: bool | None = None
    """Whether a username may be an email address."""
    phone_number: bool | None = None
    """Whether a username may be a phone number."""


class UsernameRules(Nested):
    """The validation settings of the username attribute."""

    max_length: int | None = None
    """The maximum number of characters."""
    min_length: int | None = None
    """The minimum number of characters."""
    allowed_types: AllowedUsernameTypes | None = None
    """The other identifier formats that usernames may have."""


class UsernameAttribute(Nested):
    """The settings of the username attribute."""

    identifier: Active | None = None
    """Whether the attribute is an identifier that users may log in with."""
    signup: Signup | None = None
    """The signup settings of the attribute."""
    validation: UsernameRules | None = None
    """The validation settings of the attribute."""
    profile_required: bool | None = None
    """Whether the attribute is required in the user profile."""


class PhoneNumberAttribute(Nested):
    """The settings of the phone number attribute."""

    identifier: Active | None = None
    """Whether the attribute is an identifier that users may log in with."""
    signup: Signup | None = None
    """The signup settings of the attribute."""


class ConnectionAttributes(Nested):
    """The user attributes of a connection."""

    email: EmailAttribute | None = None
    """The settings of the email attribute."""
    username: UsernameAttribute | None = None
    """The settings of the username attribute."""
    phone_number: PhoneNumberAttribute | None = None
    """The settings of the phone number attribute."""


class Enabled(Nested):
    """A setting that is enabled or disabled."""

    enabled: bool | None = None
    """Whether the setting is enabled."""


class ConnectionAuthenticationMethods(Nested):
    """The authentication methods of a connection."""

    password: Enabled | None = None
    """Whether users may log in with a password."""
    passkey: Enabled | None = None
    """Whether users may log in with a passkey."""


class PasskeyOptions(Nested):
    """The passkey settings of a connection."""

    challenge_ui: Literal["both", "autofill", "button"] | None = None
    """Whether the login page offers passkeys with a button, with autofill, or with both."""
    local_enrollment_enabled: bool | None = None
    """Whether users who log in with a passkey of another device are prompted to enroll one on this device."""
    progressive_enrollment_enabled: bool | None = None
    """Whether users who log in with a password are prompted to enroll a passkey."""


class UsernameLength(Nested):
    """The length limits of usernames."""

    min: int | None = None
    """The minimum number of characters."""
    max: int | None = None
    """The maximum number of characters."""


class ConnectionValidation(Nested):
    """The validation settings of a connection."""

    username: UsernameLength | None = None
    """The length limits of usernames."""


class ConnectionOptions(Nested):
    """The options of a connection; which of them apply depends on the strategy."""

    kid: str | None = None
    """The key ID at the provider (Sign in with Apple)."""
    team_id: str | None = None
    """The ID of the developer team (Sign in with Apple)."""
    realms: str | None = None
    """The realms of the provider."""
    authentication_method: str | None = None
    """The method by which the user proves control of the email address or phone number, such as a code or a link."""
    client_id: str | None = None
    """The client ID at the provider."""
    client_secret: Secret[str | None] = None
    """The client secret at the provider."""
    app_secret: Secret[str | None] = None
    """The private key of the app at the provider (Sign in with Apple)."""
    scope: str | None = None
    """The scopes to request from the provider, separated by spaces."""
    client_secret_hint: str | None = None
    """The last characters of the client secret."""
    app_secret_hint: str | None = None
    """The last characters of the app secret."""
    twilio_token_hint: str | None = None
    """The last characters of the Twilio auth token."""
    authorization_endpoint: str | None = None
    """The URL of the authorization endpoint."""
    token_endpoint: str | None = None
    """The URL of the token endpoint."""
    userinfo_endpoint: str | None = None
    """The URL of the UserInfo endpoint."""
    jwks_uri: str | None = None
    """The URL of the provider's JSON Web Key Set."""
    discovery_url: str | None = None
    """The URL of the provider's OpenID Connect discovery document."""
    issuer: str | None = None
    """The issuer of the provider's tokens."""
    token_endpoint_auth_method: Literal["client_secret_basic", "client_secret_post"] | None = None
    """The method by which the connection authenticates at the provider's token endpoint."""
    provider: str | None = None
    """The provider that delivers messages, such as ``twilio``."""
    from_: str | None = Field(default=None, validation_alias="from", serialization_alias="from")
    """The sender of messages."""
    twilio_sid: str | None = None
    """The Twilio account SID."""
    twilio_token: Secret[str | None] = None
    """The Twilio auth token."""
    icon_url: str | None = None
    """The URL of the icon on the login button."""
    domain_aliases: list[str] | None = None
    """The email domains whose users log in with this connection."""
    callback_url: str | None = None
    """The URL to which the provider redirects the user."""
    password_policy: PasswordPolicy | None = Field(default=None, validation_alias="passwordPolicy", serialization_alias="passwordPolicy")
    """The password strength policy."""
    password_complexity_options: PasswordComplexity | None = None
    """The password length requirements."""
    password_history: PasswordHistory | None = None
    """The password history settings."""
    password_no_personal_info: PasswordNoPersonalInfo | None = None
    """The policy on personal data in passwords."""
    password_dictionary: PasswordDictionary | None = None
    """The password dictionary settings."""
    disable_signup: bool | None = None
    """Whether signups are disabled."""
    brute_force_protection: bool | None = None
    """Whether brute-force protection is enabled."""
    import_mode: bool | None = None
    """Whether users are imported from an upstream server when they log in."""
    configuration: ConnectionConfiguration | None = None
    """The upstream server that users are imported from."""
    attributes: ConnectionAttributes | None = None
    """The user attributes of the connection."""
    authentication_methods: ConnectionAuthenticationMethods | None = None
    """The authentication methods of the connection."""
    passkey_options: PasskeyOptions | None = None
    """The passkey settings."""
    requires_username: bool | None = None
    """Whether users need a username in addition to an email address."""
    validation: ConnectionValidation | None = None
    """The validation settings."""
    set_user_root_attributes: Literal["on_each_login", "on_first_login", "never_on_login"] | None = None
    """When the root attributes of the user profile are updated from the provider's profile."""


class ConnectionFields(Model):
    """The fields common to ``ConnectionInsert`` and ``Connection``."""

    name: Varchar255
    """The name of the connection, which identifies it in requests."""
    display_name: Varchar255 | None = None
    """The display name of the connection, shown to users."""
    strategy: Varchar64
    """The strategy of the connection, such as ``auth0`` or ``google-oauth2``."""
    options: Secret[ConnectionOptions | None] = None
    """The options of the connection, which depend on the strategy."""
    enabled_clients: list[str] = Field(default_factory=list)
    """The IDs of the enabled clients; accepted but never stored, see ``client_connections``."""
    response_type: ResponseType | None = None
    """The ``response_type`` of the authorization request."""
    response_mode: ResponseMode | None = None
    """The ``response_mode`` of the authorization request."""
    is_domain_connection: bool | None = None
    """Whether third-party clients may use the connection (domain connection)."""
    show_as_button: bool | None = None
    """Whether the login page shows a button for the connection."""
    metadata: dict[str, Any] | None = None
    """Arbitrary metadata about the connection."""
    is_system: bool | None = None
    """Whether the connection is managed by the system and cannot be changed by the tenant."""


class ConnectionInsert(ConnectionFields, Insert):
    """The fields of a new connection."""

    id: Varchar255 | None = None
    """The ID of the connection, generated if omitted."""


class Connection(ConnectionFields):
    """A source of users, such as a database, a social or enterprise provider, or a passwordless method."""

    id: str
    """The ID of the connection."""
    created_at: Instant
    """When the connection was created."""
    updated_at: Instant
    """When the connection was last updated."""
