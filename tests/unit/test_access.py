"""The choice of an index for a statement."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pytest

from authhero_sql.schema import Order
from authhero_sql.statements.access import KEY, index_for
from authhero_sql.tables import REGISTRY

NEWEST = (Order("created_at", descending=True), Order("user_id", descending=True))
NEWEST_LOG = (Order("date", descending=True), Order("log_id", descending=True))


@pytest.mark.parametrize(
    ("table", "equal", "bounded", "order", "index"),
    [
        ("users", {"tenant_id"}, (), NEWEST, "idx_users_tenant_created_at"),
        # An index can be read backwards, but not with mixed directions.
        ("users", {"tenant_id"}, (), (Order("created_at"), Order("user_id")), "idx_users_tenant_created_at"),
        # An equality condition that few rows match is better than a matching order.
        ("users", {"tenant_id", "email"}, (), NEWEST, "unique_email_provider"),
        ("users", {"tenant_id", "phone_number"}, (), NEWEST, "users_phone_tenant_provider_index"),
        ("users", {"tenant_id", "linked_to"}, (), (), "users_linked_to_index"),
        # An index that supports both is better still.
        ("logs", {"tenant_id", "user_id"}, (), NEWEST_LOG, "idx_logs_tenant_user_date"),
        ("logs", {"tenant_id", "type"}, {"date"}, (), "idx_logs_tenant_type_date"),
        # A bound is better than the tenant alone, which may have a million rows.
        ("sessions", {"tenant_id"}, {"expires_at_ts"}, (), "idx_sessions_expires_at_ts"),
        ("sessions", {"tenant_id", "user_id"}, {"expires_at_ts"}, (), "idx_sessions_user_id"),
        # Every engine finds a single row by its unique key.
        ("users", {"tenant_id", "user_id"}, (), (), None),
        ("users", {"tenant_id", "email", "provider"}, (), (), None),
        # Only a scan of the tenant is possible, and any of its indexes is suitable.
        ("users", {"tenant_id"}, (), (Order("nickname"),), None),
        ("users", {"tenant_id"}, (), (), None),
        ("users", {"nickname"}, (), (), None),
    ],
)
def test_the_index_is_the_one_that_leads_to_the_fewest_rows(
    table: str, equal: Collection[str], bounded: Collection[str], order: Sequence[Order], index: str | None
) -> None:
    access = index_for(REGISTRY[table], equal, bounded, order)
    assert (access and access.name) == index


def test_an_order_in_two_directions_is_served_as_far_as_it_goes_one_way() -> None:
    mixed = (Order("created_at", descending=True), Order("user_id"))
    assert index_for(REGISTRY["users"], {"tenant_id"}, (), mixed) == ("idx_users_tenant_created_at", True)


def test_what_leads_to_few_rows_need_not_have_their_order() -> None:
    assert index_for(REGISTRY["users"], {"tenant_id", "email"}, (), NEWEST) == ("unique_email_provider", False)


def test_a_list_of_values_of_the_key_is_found_by_the_key() -> None:
    assert index_for(REGISTRY["sessions"], {"tenant_id"}, ("expires_at_ts",), listed={"id"}) == (KEY, False)
    assert index_for(REGISTRY["codes"], {"tenant_id", "code_id"}) == (KEY, False)
