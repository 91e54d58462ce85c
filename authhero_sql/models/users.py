"""Users: people, their accounts and passwords, and when they signed in."""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from .base import Insert, Instant, Model, Nested, Secret

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
    """A postal address, as OpenID Connect has it."""

    formatted: str | None = None
    street_address: str | None = None
    locality: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None


class ProfileData(Nested):
    """What a provider said of a linked account."""

    email: str | None = None
    email_verified: bool | None = None
    name: str | None = None
    username: str | None = None
    given_name: str | None = None
    phone_number: str | None = None
    phone_verified: bool | None = None
    family_name: str | None = None


class Identity(Model):
    """One of the accounts that a user signs in with."""

    connection: str
    user_id: str
    provider: str
    is_social: bool = Field(validation_alias="isSocial", serialization_alias="isSocial")
    email: str | None = None
    email_verified: bool | None = None
    phone_number: str | None = None
    phone_verified: bool | None = None
    username: str | None = None
    access_token: Secret[str | None] = None
    access_token_secret: Secret[str | None] = None
    refresh_token: Secret[str | None] = None
    profile_data: Secret[ProfileData | None] = Field(default=None, validation_alias="profileData", serialization_alias="profileData")


class UserPassword(Insert):
    """A password that was hashed elsewhere."""

    hash: Secret[str]
    algorithm: str


class BaseUser(Model):
    """What is known of a person. ``profile_data`` is what the provider said, as JSON text."""

    email: str | None = None
    username: str | None = None
    phone_number: str | None = None
    phone_verified: bool | None = None
    given_name: str | None = None
    family_name: str | None = None
    nickname: str | None = None
    name: str | None = None
    picture: str | None = None
    locale: str | None = None
    linked_to: str | None = None
    profile_data: Secret[str | None] = Field(default=None, validation_alias="profileData", serialization_alias="profileData")
    user_id: str | None = None
    app_metadata: Any = Field(default_factory=dict)
    user_metadata: Any = Field(default_factory=dict)
    middle_name: str | None = None
    preferred_username: str | None = None
    profile: str | None = None
    website: str | None = None
    gender: str | None = None
    birthdate: str | None = None
    zoneinfo: str | None = None
    address: Address | None = None


class UserFields(BaseUser):
    """What an inserted and a stored user share."""

    email_verified: bool = False
    verify_email: bool | None = None
    last_ip: str | None = None
    last_login: Instant | None = None
    connection: str
    blocked: bool | None = None
    registration_completed_at: Instant | None = None


class UserInsert(UserFields, Insert):
    """A user to be created; ``password`` is stored beside, never with, the user."""

    provider: str | None = None
    is_social: bool | None = None
    login_count: int | None = None
    password: Secret[UserPassword | None] = None


class User(UserFields):
    """A user, with the accounts linked to it."""

    user_id: str
    provider: str
    is_social: bool
    created_at: Instant
    updated_at: Instant
    login_count: int = 0
    identities: list[Identity] | None = None


class UserActivity(Model):
    """When and from where a user signed in; created and changed by the same call."""

    model_config = ConfigDict(extra="forbid")

    user_id: str
    last_login: Instant | None = None
    last_ip: str | None = None
    login_count: int = 0
    failed_logins: list[str] | None = None
    last_password_reset: Instant | None = None


class PasswordFields(Model):
    """What an inserted and a stored password share."""

    user_id: str
    password: Secret[str]
    algorithm: PasswordAlgorithm = "argon2id"
    is_current: bool = True


class PasswordInsert(PasswordFields, Insert):
    """A password to be stored: its hash, never the password itself."""

    id: str | None = None


class Password(PasswordFields):
    """A password's hash, the current one or an earlier one."""

    id: str
    created_at: Instant
    updated_at: Instant
