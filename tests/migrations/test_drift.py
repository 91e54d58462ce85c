"""What the migrations make is what the registry declares, on a live database of every engine."""

from __future__ import annotations

from dataclasses import replace

from authhero_sql import Database, migrate_to_latest
from authhero_sql.dialects.dialect import LiveTable
from authhero_sql.dialects.interface import Call
from authhero_sql.migrations import history
from authhero_sql.migrations.ledger import LEASES, LEDGER
from authhero_sql.schema import ColumnType, ForeignKey, Index
from authhero_sql.tables import REGISTRY
from tests.migrations.helpers import declared, differences, drift


async def _do(db: Database, *statements: str) -> None:
    for sql in statements:
        await db.execute(Call(sql))


async def test_a_migrated_database_is_the_registry(empty: Database) -> None:
    await migrate_to_latest(empty)
    assert await drift(empty) == []


async def test_an_empty_database_is_described_as_empty(empty: Database) -> None:
    assert await empty.dialect.describe(empty) == {}


async def test_a_dropped_index_is_drift(empty: Database) -> None:
    await migrate_to_latest(empty)
    await _do(empty, empty.dialect.drop_index("codes", "idx_codes_expires_at_ts"))
    assert await drift(empty) == ["codes: index idx_codes_expires_at_ts is missing"]


async def test_an_index_that_is_not_unique_any_more_is_drift(empty: Database) -> None:
    await migrate_to_latest(empty)
    name = "scim_tokens_tenant_hash_idx"
    await _do(
        empty,
        empty.dialect.drop_index("scim_tokens", name),
        empty.dialect.create_index("scim_tokens", Index(name, ("tenant_id", "token_hash"))),
    )
    assert await drift(empty) == [f"scim_tokens: index {name} is (tenant_id, token_hash) instead of unique (tenant_id, token_hash)"]


async def test_columns_that_were_added_and_dropped_are_drift(empty: Database) -> None:
    await migrate_to_latest(empty)
    added = ColumnType(name="shoe_size", type="varchar(7)", null=False, default="42")
    await _do(empty, empty.dialect.add_column("users", added), empty.dialect.drop_column("hooks", "page_id"))
    assert await drift(empty) == ["hooks: column page_id is missing", "users: column shoe_size is not declared"]


async def test_another_table_of_the_same_name_is_drift(empty: Database) -> None:
    await migrate_to_latest(empty)
    table = REGISTRY["scim_configurations"]
    changed = {
        "mapping": {"type": "varchar(77)"},
        "user_id_attribute": {"default": None},
        "created_at": {"null": True},
    }
    columns = [replace(column.definition, **changed.get(column.name, {})) for column in table.columns]  # type: ignore[arg-type]
    words = empty.dialect
    await _do(
        empty,
        words.drop_table(table.name),
        words.create_table(table.name, columns, ("connection_id", "tenant_id"), [ForeignKey(("tenant_id",), "tenants", ("id",))]),
        words.create_table("leftover", [ColumnType(name="id", type="int", null=False)], ("id",), ()),
        words.drop_table("scim_tokens"),
    )
    text = words.described(ColumnType(name="mapping", type="text")).type
    assert await drift(empty) == [
        "leftover: the table is not declared",
        "scim_configurations: column created_at is varchar(35) instead of varchar(35) not null",
        f"scim_configurations: column mapping is varchar(77) not null instead of {text} not null",
        "scim_configurations: column user_id_attribute is varchar(255) not null instead of varchar(255) not null default 'externalId'",
        "scim_configurations: the key is (connection_id, tenant_id) instead of (tenant_id, connection_id)",
        "scim_configurations: the reference (tenant_id) to tenants (id) on delete cascade is not declared",
        "scim_tokens: the table is missing",
    ]


async def test_every_rule_of_a_reference_is_told_apart(empty: Database) -> None:
    words = empty.dialect
    number = ColumnType(name="id", type="int", null=False)
    await _do(empty, words.create_table("parents", [number], ("id",), ()))
    for rule in ("cascade", "restrict", "set null", "no action"):
        name = f"children_{rule.replace(' ', '_')}"
        reference = ForeignKey(("parent_id",), "parents", ("id",), rule)
        await _do(empty, words.create_table(name, [number, ColumnType(name="parent_id", type="int")], ("id",), [reference]))
        live = (await words.describe(empty))[name]
        assert [part.on_delete for part in live.foreign_keys] == [rule]


def test_the_order_of_a_reference_is_no_difference_but_its_pairs_are() -> None:
    def tables(*columns: str) -> dict[str, LiveTable]:
        return {"a": LiveTable((), ("id",), (), (ForeignKey(columns, "users", ("user_id", "tenant_id")),))}

    turned = {"a": LiveTable((), ("id",), (), (ForeignKey(("tenant_id", "user_id"), "users", ("tenant_id", "user_id")),))}
    assert differences(turned, tables("user_id", "tenant_id")) == []
    assert differences(tables("tenant_id", "user_id"), tables("user_id", "tenant_id")) == [
        "a: the reference (tenant_id, user_id) to users (tenant_id, user_id) on delete cascade is missing",
        "a: the reference (tenant_id, user_id) to users (user_id, tenant_id) on delete cascade is not declared",
    ]


async def test_columns_are_described_as_they_were_made(empty: Database) -> None:
    odd: list[tuple[str, str | int | None]] = [
        ("varchar(20)", None), ("varchar(20)", ""), ("varchar(20)", "it's"), ("varchar(20)", "7"), ("varchar(20)", "(x)"),
        ("text", None), ("text", "[]"), ("text", "it's"), ("mediumtext", None), ("int", None), ("int", 0), ("int", -1), ("int", 7),
        ("bigint", None), ("bigint", 1_769_853_600_000), ("bigint", -5_000_000_000), ("tinyint(1)", None), ("tinyint(1)", 1),
    ]  # fmt: skip
    columns = [
        ColumnType(name=f"c{number}", type=kind, null=null, default=default)
        for number, (kind, default, null) in enumerate((kind, default, null) for kind, default in odd for null in (True, False))
    ]
    key = ColumnType(name="Id", type="varchar(20)", null=False)
    await _do(empty, empty.dialect.create_table("odd", [key, *columns], ("Id",), ()))
    live = (await empty.dialect.describe(empty))["odd"]
    assert list(live.columns) == [empty.dialect.described(column) for column in (key, *columns)]
    assert live.key == ("Id",)


async def test_the_ledger_is_described_as_it_is_declared(empty: Database) -> None:
    await migrate_to_latest(empty)
    live = await empty.dialect.describe(empty)
    ours = {table.name for table in (LEDGER, LEASES)}
    assert differences({name: live[name] for name in live if name in ours}, declared((LEDGER, LEASES), empty.dialect)) == []
    assert set(live) - ours == set(REGISTRY) == set(history.schema_after([history.load(name) for name in history.names()]))
