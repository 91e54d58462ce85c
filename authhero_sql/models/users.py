"""Users with their accounts, passwords and login activity."""

from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, Field

from .base import (
    Insert,
    Instant,
    Int32,
    Model,
    Nested,
    Secret,
    Varchar10,
    Varchar17,
    Varchar21,
    Varchar45,
    Varchar50,
    Varchar64,
    Varchar100,
    Varchar128,
    Varchar191,
    Varchar255,
)

__all__ = [
    "Address",
    "BaseUser",
    "Identity",
    "Password",
    "PasswordAlgorithm",
    "PasswordFields",
    "PasswordInsert",
    "ProfileData",
    "User",
    "UserActivity",
    "UserFields",
    "UserInsert",
    "UserPassword",
]

PasswordAlgorithm = Literal["bcrypt", "argon2id"]


class Address(Nested):
    """A postal address (OpenID Connect: ``address`` claim)."""

    formatted: str | None = None
    """The whole address as a single text, ready for display."""
    street_address: str | None = None
    """The street and the house number."""
    locality: str | None = None
    """The city."""
    region: str | None = None
    """The state, province or region."""
    postal_code: str | None = None
    """The postal code."""
    country: str | None = None
    """The name of the country."""


class ProfileData(Nested):
    """The profile of a linked account, as reported by the provider."""

    email: str | None = None
    """The email address."""
    email_verified: bool | None = None
    """Whether the email address is verified."""
    name: str | None = None
    """The full name."""
    username: str | None = None
    """The username."""
    given_name: str | None = None
    """The given name."""
    phone_number: str | None = None
    """The phone number."""
    phone_verified: bool | None = None
    """Whether the phone number is verified."""
    family_name: str | None = None
    """The family name."""


class Identity(Model):
    """An account of a user at a connection."""

    connection: str
    """The name of the connection."""
    user_id: str
    """The ID of the account at the provider, without the provider prefix."""
    provider: str
    """The name of the provider, such as ``auth0`` or ``google-oauth2``."""
    is_social: bool = Field(validation_alias="isSocial", serialization_alias="isSocial")
    """Whether the connection is a social connection."""
    email: str | None = None
    """The email address."""
    email_verified: bool | None = None
    """Whether the email address is verified."""
    phone_number: str | None = None
    """The phone number."""
    phone_verified: bool | None = None
    """Whether the phone number is verified."""
    username: str | None = None
    """The username."""
    access_token: Secret[str | None] = None
    """The access token that the provider issued."""
    access_token_secret: Secret[str | None] = None
    """The secret of the access token that the provider issued (OAuth 1.0)."""
    refresh_token: Secret[str | None] = None
    """The refresh token that the provider issued."""
    profile_data: Secret[ProfileData | None] = Field(default=None, validation_alias="profileData", serialization_alias="profileData")
    """The profile of the account, as reported by the provider."""


class UserPassword(Insert):
    """The hash of a user's password."""

    hash: Secret[str]
    """The hash of the password."""
    algorithm: str
    """The hash algorithm."""


class BaseUser(Model):
    """The profile fields of a user."""

    email: Varchar255 | None = None
    """The email address, unique within the tenant for each provider."""
    username: Varchar128 | None = None
    """The username, unique within the tenant for each provider."""
    phone_number: Varchar17 | None = None
    """The phone number, in E.164 format."""
    phone_verified: bool | None = None
    """Whether the phone number is verified."""
    given_name: Varchar255 | None = None
    """The given name."""
    family_name: Varchar255 | None = None
    """The family name."""
    nickname: Varchar255 | None = None
    """The nickname."""
    name: Varchar255 | None = None
    """The full name."""
    picture: str | None = None
    """The URL of the profile picture."""
    locale: Varchar64 | None = None
    """The locale, as a BCP 47 language tag."""
    linked_to: Varchar255 | None = None
    """The ``user_id`` of the primary user that this account is linked to; absent if it is not linked."""
    profile_data: Secret[str | None] = Field(default=None, validation_alias="profileData", serialization_alias="profileData")
    """The profile of the account as reported by the provider, as JSON text."""
    user_id: Varchar255 | None = None
    """The ID of the user: the provider, ``|``, and the ID at the provider."""
    app_metadata: Any = Field(default_factory=dict)
    """Arbitrary metadata that only the application may change."""
    user_metadata: Any = Field(default_factory=dict)
    """Arbitrary metadata that the user may change, such as preferences."""
    middle_name: Varchar100 | None = None
    """The middle name."""
    preferred_username: Varchar255 | None = None
    """The username that the user prefers."""
    profile: str | None = None
    """The URL of the user's profile page."""
    website: str | None = None
    """The URL of the user's website."""
    gender: Varchar50 | None = None
    """The gender."""
    birthdate: Varchar10 | None = None
    """The date of birth, as YYYY-MM-DD; the year may be 0000 if it is unknown, and YYYY alone is valid."""
    zoneinfo: Varchar100 | None = None
    """The IANA time zone."""
    address: Address | None = None
    """The postal address."""


class UserFields(BaseUser):
    """The fields common to ``UserInsert`` and ``User``."""

    email_verified: bool = False
    """Whether the email address is verified."""
    verify_email: bool | None = None
    """Whether to send a verification email; accepted but never stored."""
    last_ip: str | None = None
    """The IP address of the last login."""
    last_login: Instant | None = None
    """When the user last logged in."""
    connection: Varchar255
    """The name of the connection."""
    blocked: bool | None = None
    """Whether the user is blocked from logging in."""
    registration_completed_at: Instant | None = None
    """When the user completed the registration."""


class UserInsert(UserFields, Insert):
    """The fields of a new user; the password hash is stored in a separate table."""

    provider: Varchar255 | None = None
    """The name of the provider; if omitted, the prefix of ``user_id``, or ``auth0``, regardless of the connection."""
    is_social: bool | None = None
    """Whether the connection is a social connection."""
    login_count: int | None = None
    """The number of logins."""
    password: Secret[UserPassword | None] = None
    """The hash of the password, which is stored in a separate table."""


class User(UserFields):
    """A user with the accounts that are linked to it."""

    user_id: str
    provider: str
    """The name of the provider, such as ``auth0`` or ``google-oauth2``."""
    is_social: bool
    """Whether the connection is a social connection."""
    created_at: Instant
    """When the user was created."""
    updated_at: Instant
    """When the user was last updated."""
    login_count: int = 0
    """The number of logins."""
    identities: list[Identity] | None = None
    """The accounts of the user: the primary account first, then the linked accounts."""


class UserActivity(Model):
    """The login activity of a user; the same method creates and updates it."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    user_id: Varchar255
    """The ID of the user."""
    last_login: Instant | None = None
    """When the user last logged in."""
    last_ip: Varchar45 | None = None
    """The IP address of the last login."""
    login_count: Int32 = 0
    """The number of logins."""
    failed_logins: list[str] | None = None
    """The failed logins, as strings that the server defines."""
    last_password_reset: Instant | None = None
    """When the user last reset the password."""


class PasswordFields(Model):
    """The fields common to ``PasswordInsert`` and ``Password``."""

    user_id: Varchar191
    """The ID of the user."""
    password: Secret[Varchar255]
    """The hash of the password."""
    algorithm: PasswordAlgorithm = "argon2id"
    """The hash algorithm."""
    is_current: bool = True
    """Whether this is the user's current password."""


class PasswordInsert(PasswordFields, Insert):
    """The fields of a new password; only the hash is stored, never the password itself."""

    id: Varchar21 | None = None
    """The ID of the password, generated if omitted."""


class Password(PasswordFields):
    """The hash of a user's current password, or of a previous one."""

    id: str
    """The ID of the password."""
    created_at: Instant
    """When the password was created."""
    updated_at: Instant
    """When the password was last updated."""
