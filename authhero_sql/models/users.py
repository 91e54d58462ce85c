"""Users: people, their accounts and passwords, and when they signed in."""

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
    """A postal address, as OpenID Connect has it."""

    formatted: str | None = None
    """The whole address, formatted for display or a mailing label."""
    street_address: str | None = None
    """The street, the house number and the like."""
    locality: str | None = None
    """The city."""
    region: str | None = None
    """The state, the province or the region."""
    postal_code: str | None = None
    """The postal code."""
    country: str | None = None
    """The name of the country."""


class ProfileData(Nested):
    """What a provider said of a linked account."""

    email: str | None = None
    """The e-mail address."""
    email_verified: bool | None = None
    """Whether the user has proved that the e-mail address is theirs."""
    name: str | None = None
    """The full name."""
    username: str | None = None
    """The user name."""
    given_name: str | None = None
    """The given name."""
    phone_number: str | None = None
    """The phone number."""
    phone_verified: bool | None = None
    """Whether the user has proved that the phone number is theirs."""
    family_name: str | None = None
    """The family name."""


class Identity(Model):
    """One of the accounts that a user signs in with."""

    connection: str
    """The name of the connection."""
    user_id: str
    """The identifier of the account at its provider, without the provider's name."""
    provider: str
    """The name of the provider, such as ``auth0`` or ``google-oauth2``."""
    is_social: bool = Field(validation_alias="isSocial", serialization_alias="isSocial")
    """Whether the connection is a social one."""
    email: str | None = None
    """The e-mail address of the account."""
    email_verified: bool | None = None
    """Whether the user has proved that the e-mail address is theirs."""
    phone_number: str | None = None
    """The phone number of the account."""
    phone_verified: bool | None = None
    """Whether the user has proved that the phone number is theirs."""
    username: str | None = None
    """The user name of the account."""
    access_token: Secret[str | None] = None
    """The access token that the provider issued."""
    access_token_secret: Secret[str | None] = None
    """The secret of the access token that the provider issued (OAuth 1.0)."""
    refresh_token: Secret[str | None] = None
    """The refresh token that the provider issued."""
    profile_data: Secret[ProfileData | None] = Field(default=None, validation_alias="profileData", serialization_alias="profileData")
    """What the provider said about the user."""


class UserPassword(Insert):
    """A password that was hashed elsewhere."""

    hash: Secret[str]
    """The hash of the password."""
    algorithm: str
    """The algorithm of the hash."""


class BaseUser(Model):
    """What is known of a person. ``profile_data`` is what the provider said, as JSON text."""

    email: Varchar255 | None = None
    """The e-mail address, unique among the tenant's accounts of one provider."""
    username: Varchar128 | None = None
    """The user name, unique among the tenant's accounts of one provider."""
    phone_number: Varchar17 | None = None
    """The phone number, in E.164 format."""
    phone_verified: bool | None = None
    """Whether the user has proved that the phone number is theirs."""
    given_name: Varchar255 | None = None
    """The given name."""
    family_name: Varchar255 | None = None
    """The family name."""
    nickname: Varchar255 | None = None
    """The nickname."""
    name: Varchar255 | None = None
    """The full name."""
    picture: str | None = None
    """The address of the profile picture."""
    locale: Varchar64 | None = None
    """The language of the user, as a language tag (BCP 47)."""
    linked_to: Varchar255 | None = None
    """The ``user_id`` of the user that this account is linked to; absent if it is a user of its own."""
    profile_data: Secret[str | None] = Field(default=None, validation_alias="profileData", serialization_alias="profileData")
    """What the provider said about the user, as JSON text."""
    user_id: Varchar255 | None = None
    """The identifier of the user: the provider, ``|``, and the identifier at the provider."""
    app_metadata: Any = Field(default_factory=dict)
    """Free-form data that the application writes and the user cannot change."""
    user_metadata: Any = Field(default_factory=dict)
    """Free-form data that the user may change, such as preferences."""
    middle_name: Varchar100 | None = None
    """The middle name."""
    preferred_username: Varchar255 | None = None
    """The name by which the user wishes to be referred to."""
    profile: str | None = None
    """The address of the user's profile page."""
    website: str | None = None
    """The address of the user's website."""
    gender: Varchar50 | None = None
    """The gender."""
    birthdate: Varchar10 | None = None
    """The date of birth, as YYYY-MM-DD; the year is 0000 if it is omitted, and the year alone is allowed."""
    zoneinfo: Varchar100 | None = None
    """The IANA time zone."""
    address: Address | None = None
    """The postal address."""


class UserFields(BaseUser):
    """What an inserted and a stored user share."""

    email_verified: bool = False
    """Whether the user has proved that the e-mail address is theirs."""
    verify_email: bool | None = None
    """Whether an e-mail for the verification of the address is to be sent; accepted and never stored."""
    last_ip: str | None = None
    """The IP address of the last sign-in."""
    last_login: Instant | None = None
    """When the user last signed in."""
    connection: Varchar255
    """The name of the connection that the account belongs to."""
    blocked: bool | None = None
    """Whether the user is blocked, and cannot sign in."""
    registration_completed_at: Instant | None = None
    """When the user completed the registration."""


class UserInsert(UserFields, Insert):
    """A user to be created; ``password`` is stored beside, never with, the user."""

    provider: Varchar255 | None = None
    """The name of the provider; if it is omitted, that in ``user_id``, or ``auth0``."""
    is_social: bool | None = None
    """Whether the connection is a social one."""
    login_count: int | None = None
    """The number of sign-ins."""
    password: Secret[UserPassword | None] = None
    """The hash of the user's password, which is stored beside the user."""


class User(UserFields):
    """A user, with the accounts linked to it."""

    user_id: str
    provider: str
    """The name of the provider, such as ``auth0`` or ``google-oauth2``."""
    is_social: bool
    """Whether the connection is a social one."""
    created_at: Instant
    """When the user was created."""
    updated_at: Instant
    """When the user was last changed."""
    login_count: int = 0
    """The number of sign-ins."""
    identities: list[Identity] | None = None
    """The accounts of the user: its own first, then the linked ones."""


class UserActivity(Model):
    """When and from where a user signed in; created and changed by the same call."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    user_id: Varchar255
    """The identifier of the user."""
    last_login: Instant | None = None
    """When the user last signed in."""
    last_ip: Varchar45 | None = None
    """The IP address of the last sign-in."""
    login_count: Int32 = 0
    """The number of sign-ins."""
    failed_logins: list[str] | None = None
    """The failed sign-ins, in the form in which the server notes them."""
    last_password_reset: Instant | None = None
    """When the user last reset the password."""


class PasswordFields(Model):
    """What an inserted and a stored password share."""

    user_id: Varchar191
    """The identifier of the user."""
    password: Secret[Varchar255]
    """The hash of the password."""
    algorithm: PasswordAlgorithm = "argon2id"
    """The algorithm of the hash."""
    is_current: bool = True
    """Whether this is the user's current password."""


class PasswordInsert(PasswordFields, Insert):
    """A password to be stored: its hash, never the password itself."""

    id: Varchar21 | None = None
    """The identifier of the password; generated if it is omitted."""


class Password(PasswordFields):
    """A password's hash, the current one or an earlier one."""

    id: str
    """The identifier of the password."""
    created_at: Instant
    """When the password was created."""
    updated_at: Instant
    """When the password was last changed."""
