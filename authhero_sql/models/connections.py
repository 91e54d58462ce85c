"""Connections: the ways in which people sign in."""

from typing import Any, Literal

from pydantic import Field

from .base import Insert, Instant, Model, Nested, Secret
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


class PasswordHistory(Nested):
    """Which earlier passwords are refused."""

    enable: bool | None = None
    size: int | None = None


class PasswordNoPersonalInfo(Nested):
    """Whether a password may hold what is known of the person."""

    enable: bool | None = None


class PasswordDictionary(Nested):
    """The words that no password may be."""

    enable: bool | None = None
    dictionary: list[str] | None = None


class ConnectionConfiguration(Nested):
    """The other side of a connection that moves people over from elsewhere."""

    token_endpoint: str | None = None
    userinfo_endpoint: str | None = None
    client_id: str | None = None
    client_secret: Secret[str | None] = None
    client_secret_hint: str | None = None
    realm: str | None = None


class Active(Nested):
    """Something that is switched on or off."""

    active: bool | None = None


class Signup(Nested):
    """Whether an attribute is asked for at sign-up."""

    status: SignupStatus | None = None


class EmailSignup(Signup):
    """Whether an e-mail address is asked for at sign-up, and proven."""

    verification: Active | None = None


class EmailValidation(Nested):
    """Whether an e-mail address is allowed."""

    allowed: bool | None = None


class EmailAttribute(Nested):
    """E-mail addresses as a way to name oneself."""

    identifier: Active | None = None
    signup: EmailSignup | None = None
    validation: EmailValidation | None = None
    unique: bool | None = None
    profile_required: bool | None = None
    verification_method: Literal["link", "code"] | None = None


class AllowedUsernameTypes(Nested):
    """What else a username may be."""

    email: bool | None = None
    phone_number: bool | None = None


class UsernameRules(Nested):
    """What a username looks like."""

    max_length: int | None = None
    min_length: int | None = None
    allowed_types: AllowedUsernameTypes | None = None


class UsernameAttribute(Nested):
    """Usernames as a way to name oneself."""

    identifier: Active | None = None
    signup: Signup | None = None
    validation: UsernameRules | None = None
    profile_required: bool | None = None


class PhoneNumberAttribute(Nested):
    """Phone numbers as a way to name oneself."""

    identifier: Active | None = None
    signup: Signup | None = None


class ConnectionAttributes(Nested):
    """The ways to name oneself at a connection."""

    email: EmailAttribute | None = None
    username: UsernameAttribute | None = None
    phone_number: PhoneNumberAttribute | None = None


class Enabled(Nested):
    """Something that is enabled or not."""

    enabled: bool | None = None


class ConnectionAuthenticationMethods(Nested):
    """The ways to prove who one is at a connection."""

    password: Enabled | None = None
    passkey: Enabled | None = None


class PasskeyOptions(Nested):
    """How passkeys are asked for."""

    challenge_ui: Literal["both", "autofill", "button"] | None = None
    local_enrollment_enabled: bool | None = None
    progressive_enrollment_enabled: bool | None = None


class UsernameLength(Nested):
    """How long a username may be."""

    min: int | None = None
    max: int | None = None


class ConnectionValidation(Nested):
    """What is checked of what people type."""

    username: UsernameLength | None = None


class ConnectionOptions(Nested):
    """The settings of a connection; which ones there are depends on its strategy."""

    kid: str | None = None
    team_id: str | None = None
    realms: str | None = None
    authentication_method: str | None = None
    client_id: str | None = None
    client_secret: Secret[str | None] = None
    app_secret: Secret[str | None] = None
    scope: str | None = None
    client_secret_hint: str | None = None
    app_secret_hint: str | None = None
    twilio_token_hint: str | None = None
    authorization_endpoint: str | None = None
    token_endpoint: str | None = None
    userinfo_endpoint: str | None = None
    jwks_uri: str | None = None
    discovery_url: str | None = None
    issuer: str | None = None
    token_endpoint_auth_method: Literal["client_secret_basic", "client_secret_post"] | None = None
    provider: str | None = None
    from_: str | None = Field(default=None, validation_alias="from", serialization_alias="from")
    twilio_sid: str | None = None
    twilio_token: Secret[str | None] = None
    icon_url: str | None = None
    domain_aliases: list[str] | None = None
    callback_url: str | None = None
    password_policy: PasswordPolicy | None = Field(default=None, validation_alias="passwordPolicy", serialization_alias="passwordPolicy")
    password_complexity_options: PasswordComplexity | None = None
    password_history: PasswordHistory | None = None
    password_no_personal_info: PasswordNoPersonalInfo | None = None
    password_dictionary: PasswordDictionary | None = None
    disable_signup: bool | None = None
    brute_force_protection: bool | None = None
    import_mode: bool | None = None
    configuration: ConnectionConfiguration | None = None
    attributes: ConnectionAttributes | None = None
    authentication_methods: ConnectionAuthenticationMethods | None = None
    passkey_options: PasskeyOptions | None = None
    requires_username: bool | None = None
    validation: ConnectionValidation | None = None
    set_user_root_attributes: Literal["on_each_login", "on_first_login", "never_on_login"] | None = None


class ConnectionFields(Model):
    """What an inserted and a stored connection share."""

    name: str
    display_name: str | None = None
    strategy: str
    options: Secret[ConnectionOptions | None] = None
    enabled_clients: list[str] = Field(default_factory=list)
    response_type: ResponseType | None = None
    response_mode: ResponseMode | None = None
    is_domain_connection: bool | None = None
    show_as_button: bool | None = None
    metadata: dict[str, Any] | None = None
    is_system: bool | None = None


class ConnectionInsert(ConnectionFields, Insert):
    """A connection to be created."""

    id: str | None = None


class Connection(ConnectionFields):
    """A way to sign in: a database of passwords, a social provider, an enterprise directory, a code by e-mail or text."""

    id: str
    created_at: Instant
    updated_at: Instant
