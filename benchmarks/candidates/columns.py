"""The tables, declared once for all other libraries.

The kinds are ``text``, ``int``, ``flag`` (0 or 1), ``json`` (text), ``iso`` (a time as text) and ``ms`` (a time as a number). The libraries
only decode what they must, which is JSON. The models read flags, ISO text and milliseconds themselves, faster than code in Python could
convert them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

Kind = Literal["text", "int", "flag", "json", "iso", "ms"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in the models, its name in the table, its kind, and whether it is part of the key."""

    public: str
    stored: str
    kind: Kind
    key: bool


def _columns(text: str) -> tuple[Column, ...]:
    found = []
    for word in text.split():
        names, _, kind = word.rstrip("*").partition(":")
        public, _, stored = names.partition("=")
        found.append(Column(public, stored or public, _KINDS[kind or "text"], word.endswith("*")))
    return tuple(found)


_KINDS: dict[str, Kind] = {"text": "text", "int": "int", "flag": "flag", "json": "json", "iso": "iso", "ms": "ms"}

TABLES = {
    "users": _columns("""
        tenant_id* user_id* email given_name family_name nickname name picture created_at:iso updated_at:iso linked_to provider connection
        email_verified:flag is_social:flag app_metadata:json profileData locale phone_number phone_verified:flag username user_metadata:json
        middle_name profile website gender birthdate zoneinfo preferred_username address:json registration_completed_at:iso blocked:flag
    """),
    "user_activity": _columns("tenant_id* user_id* last_login:iso last_ip login_count:int"),
    "clients": _columns("""
        tenant_id* client_id* name description global:flag client_secret app_type logo_uri is_first_party:flag oidc_conformant:flag
        callbacks:json allowed_origins:json web_origins:json client_aliases:json allowed_clients:json allowed_logout_urls:json
        session_transfer:json oidc_logout:json grant_types:json jwt_configuration:json signing_keys:json encryption_key:json sso:flag
        sso_disabled:flag cross_origin_authentication:flag cross_origin_loc custom_login_page_on:flag custom_login_page
        custom_login_page_preview form_template addons:json token_endpoint_auth_method client_metadata:json mobile:json initiate_login_uri
        native_social_login:json refresh_token:json default_organization:json organization_usage organization_require_behavior
        client_authentication_methods:json require_pushed_authorization_requests:flag require_proof_of_possession:flag
        signed_request_object:json compliance_level par_request_expiry:int token_quota:json created_at:iso updated_at:iso connections:json
        auth0_conformant:flag owner_user_id registration_type registration_metadata:json user_linking_mode hide_sign_up_disabled_error:flag
    """),
    "passwords": _columns("tenant_id id* user_id password algorithm created_at:iso updated_at:iso is_current:flag"),
    "codes": _columns("""
        tenant_id* code_id* code_type* user_id login_id connection_id created_at:iso expires_at:iso used_at:iso code_verifier
        code_challenge code_challenge_method redirect_uri nonce state otp expires_at_ts:ms
    """),
    "login_sessions": _columns("""
        tenant_id* id* session_id csrf_token authorization_url ip useragent auth0Client state state_data failure_reason user_id
        created_at=created_at_ts:ms updated_at=updated_at_ts:ms expires_at=expires_at_ts:ms auth_connection auth_strategy_strategy
        auth_strategy_strategy_type authenticated_at:iso authParams=auth_params:json
    """),
    "sessions": _columns("""
        tenant_id* id* user_id device:json clients:json login_session_id created_at=created_at_ts:ms updated_at=updated_at_ts:ms
        expires_at=expires_at_ts:ms idle_expires_at=idle_expires_at_ts:ms authenticated_at=authenticated_at_ts:ms
        last_interaction_at=last_interaction_at_ts:ms used_at=used_at_ts:ms revoked_at=revoked_at_ts:ms
    """),
    "refresh_tokens": _columns("""
        tenant_id* id* client_id user_id resource_servers:json device:json rotating:flag created_at=created_at_ts:ms
        expires_at=expires_at_ts:ms idle_expires_at=idle_expires_at_ts:ms last_exchanged_at=last_exchanged_at_ts:ms login_id
        revoked_at=revoked_at_ts:ms token_lookup token_hash family_id rotated_to rotated_at=rotated_at_ts:ms
    """),
    "logs": _columns("""
        tenant_id log_id* type date:iso description ip user_agent details:json isMobile:flag client_id client_name connection connection_id
        user_id user_name audience scope strategy strategy_type hostname auth0_client:json session_connection
    """),
}
LINKED = (
    "email", "created_at", "linked_to", "provider", "connection", "email_verified", "is_social", "profileData", "user_id", "phone_number",
    "phone_verified", "username",
)  # fmt: skip
"""The fields of a linked account that are read."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def iso(instant: datetime) -> str:
    """Return a time in UTC as text."""
    return instant.isoformat(timespec="milliseconds")[:-6] + "Z"


def ms(instant: datetime) -> int:
    """Return a time as milliseconds since 1970."""
    return (instant - _EPOCH) // _MILLISECOND
