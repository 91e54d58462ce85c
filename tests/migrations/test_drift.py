"""The migrations create the schema that the registry declares, on a live database of every engine."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from authhero_sql import Database, check_schema, migrate_down, migrate_to_latest
from authhero_sql.dialects.dialect import LiveTable
from authhero_sql.dialects.interface import Call
from authhero_sql.dialects.mysql import MySQL8Dialect
from authhero_sql.migrations import history
from authhero_sql.migrations.ledger import LEASES, LEDGER
from authhero_sql.schema import ColumnType, ForeignKey, Index
from authhero_sql.tables import REGISTRY
from tests.migrations.helpers import ALL, declared, differences, drift


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
    assert await drift(empty) == [f"scim_tokens: index {name} is (tenant_id, token_hash), expected unique (tenant_id, token_hash)"]


NOTES = {
    "sqlite": """CREATE TABLE notes (id integer primary key, owner text DEFAULT (lower('X')) REFERENCES tenants, "a)b" int, bare,
                 n int GENERATED ALWAYS AS (id * 2) STORED, UNIQUE (owner)) -- COLLATE NOCASE""",
    "mysql": """CREATE TABLE notes (id int AUTO_INCREMENT PRIMARY KEY, at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
                kind enum('a''b', 'c') DEFAULT 'c', bits bit(3) DEFAULT b'101', place point)""",
}
# Additions by an owner of the database, by engine: statements, and the messages about them.
ADDED: dict[str, list[tuple[str, str]]] = {
    "sqlite": [
        ("CREATE INDEX w ON users (lower(email), name DESC)", "users: index w is not part of the schema"),
        ("CREATE INDEX p ON users (email COLLATE NOCASE) WHERE linked_to IS NULL", "users: index p is not part of the schema"),
        (NOTES["sqlite"], "notes: table is not part of the schema"),
        ("CREATE TRIGGER watch AFTER INSERT ON users BEGIN SELECT 1; END", "users: trigger watch is not part of the schema"),
        ("ALTER TABLE users ADD COLUMN twice varchar(255) GENERATED ALWAYS AS (email || email) VIRTUAL NOT NULL",
         "users: column twice is not part of the schema"),
    ],
    "postgresql": [
        ("CREATE INDEX w ON users (lower(email), name DESC)", "users: index w is not part of the schema"),
        ("CREATE INDEX p ON users (email varchar_pattern_ops) INCLUDE (name) WHERE linked_to IS NULL",
         "users: index p is not part of the schema"),
        ("CREATE INDEX h ON users USING hash (email)", "users: index h is not part of the schema"),
        ("CREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY, tags text[] DEFAULT '{}', at timestamptz DEFAULT now())",
         "notes: table is not part of the schema"),
        ("CREATE TABLE nothing ()", "nothing: table is not part of the schema"),
        ("CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY RANGE (id)", "parts: table is not part of the schema"),
        ("CREATE MATERIALIZED VIEW held AS SELECT email FROM users", "held: materialized view is not part of the schema"),
        ("CREATE FUNCTION nop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'", ""),
        ("CREATE TRIGGER watch AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION nop()",
         "users: trigger watch is not part of the schema"),
        ("ALTER TABLE users ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY", "users: column number is not part of the schema"),
    ],
    "mysql": [
        ("CREATE INDEX w ON users (name(10), email DESC)", "users: index w is not part of the schema"),
        ("CREATE FULLTEXT INDEX f ON users (name)", "users: index f is not part of the schema"),
        (NOTES["mysql"], "notes: table is not part of the schema"),
        ("CREATE TRIGGER watch AFTER INSERT ON users FOR EACH ROW SET @seen = 1", "users: trigger watch is not part of the schema"),
        ("ALTER TABLE users ADD COLUMN twice varchar(255) AS (concat(nickname, nickname)) VIRTUAL",
         "users: column twice is not part of the schema"),
    ],
}  # fmt: skip
EXPRESSION = ("CREATE INDEX e ON users ((lower(email)))", "users: index e is not part of the schema")


async def test_what_the_owner_has_added_is_told_and_left_alone(empty: Database) -> None:
    await migrate_to_latest(empty)
    words = empty.dialect
    added = ADDED["sqlite" if words.name == "d1" else words.name] + ([EXPRESSION] if isinstance(words, MySQL8Dialect) else [])
    await _do(empty, *(statement for statement, _ in added))
    told = sorted(line for _, line in added if line)
    assert await drift(empty) == told
    assert await migrate_down(empty, drop_data=True) == ALL[-1:]
    assert await migrate_to_latest(empty) == ALL[-1:]
    assert await drift(empty) == told
    check = await check_schema(empty)
    assert check.usable
    assert str(check).splitlines() == [*told, check.verdict]
    assert check.verdict == f"The adapters can work with this database: {len(told)} differences, none required."


async def test_views_are_told_even_where_they_are_broken(empty: Database) -> None:
    await _do(empty, "CREATE TABLE gone (id int)", "CREATE VIEW people AS SELECT * FROM gone")
    try:
        if empty.dialect.name != "postgresql":
            await _do(empty, "DROP TABLE gone")
        assert "people: view is not part of the schema" in map(str, (await check_schema(empty)).differences)
    finally:
        await _do(empty, "DROP VIEW people")


@pytest.mark.engines("sqlite", "postgresql", "d1")
async def test_a_unique_index_of_a_part_of_the_rows_is_not_the_whole(empty: Database) -> None:
    await migrate_to_latest(empty)
    name, condition = "roles_tenant_name_uq", "name <> ''"
    await _do(empty, empty.dialect.drop_index("roles", name), f"CREATE UNIQUE INDEX {name} ON roles (tenant_id, name) WHERE {condition}")
    check = await check_schema(empty)
    (part,) = check.differences
    assert (part.part, part.expected) == ("index", "unique (tenant_id, name)")
    assert str(part.found).startswith("unique (tenant_id, name) where ")
    assert not check.usable
    assert check.verdict.startswith("The adapters cannot work with this database: 1 required difference.")
    # Another check constraint that all rows satisfy is accepted.
    await _do(empty, "CREATE UNIQUE INDEX other ON roles (name, tenant_id DESC)")
    assert (await check_schema(empty)).usable


@pytest.mark.engines("postgresql")
async def test_what_an_index_only_includes_is_no_difference(empty: Database) -> None:
    await migrate_to_latest(empty)
    name = "scim_tokens_tenant_hash_idx"
    await _do(
        empty,
        empty.dialect.drop_index("scim_tokens", name),
        f"CREATE UNIQUE INDEX {name} ON scim_tokens (tenant_id, token_hash) INCLUDE (scopes)",
        "ALTER TABLE scim_tokens DROP CONSTRAINT scim_tokens_pkey",
        "ALTER TABLE scim_tokens ADD PRIMARY KEY (tenant_id, token_id) INCLUDE (scopes)",
    )
    assert await drift(empty) == []


@pytest.mark.engines("postgresql")
async def test_an_index_whose_making_failed_is_told(empty: Database) -> None:
    await migrate_to_latest(empty)
    await _do(empty, "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'roles_tenant_name_uq'::regclass")
    assert await drift(empty) == [
        "roles: index roles_tenant_name_uq is unique (tenant_id, name) invalid, expected unique (tenant_id, name)"
    ]
    assert not (await check_schema(empty)).usable


@pytest.mark.engines("mysql")
async def test_a_table_without_transactions_is_told(empty: Database) -> None:
    await migrate_to_latest(empty)
    await _do(empty, "ALTER TABLE prompt_settings ENGINE=MyISAM")
    check = await check_schema(empty)
    assert [str(part) for part in check.differences] == ["prompt_settings: is a MyISAM table, expected a regular table"]
    assert not check.usable


async def test_a_changed_collation_is_told(empty: Database) -> None:
    await migrate_to_latest(empty)
    words = empty.dialect
    table = REGISTRY["scim_configurations"]
    made = words.create_table(table.name, [column.definition for column in table.columns], table.key, ())
    other = {"postgresql": "english", "mysql": "utf8mb4_general_ci"}.get(words.name, "NOCASE")
    if words.name == "postgresql":
        await _do(empty, f"CREATE COLLATION {other} (provider = icu, locale = 'en-US')")
    column = f"{words.identifier('updated_at')} varchar(35)"
    assert column in made
    changed = re.sub(rf"({re.escape(column)})( COLLATE \S+)?", rf"\1 COLLATE {other}", made)
    await _do(empty, words.drop_table(table.name), changed)
    check = await check_schema(empty)
    assert [str(part) for part in check.differences] == [
        f"scim_configurations: collation of updated_at is {other}, expected {words.collation}"
    ]
    assert check.usable


async def test_columns_that_the_adapters_cannot_write_are_needed(empty: Database) -> None:
    await migrate_to_latest(empty)
    words = empty.dialect
    table = REGISTRY["scim_configurations"]
    columns = [replace(column.definition, type="int" if column.name == "mapping" else column.type) for column in table.columns]
    badge = ColumnType(name="badge", type="varchar(9)", null=False)
    await _do(empty, words.drop_table(table.name), words.create_table(table.name, [*columns, badge], table.key, ()))
    needed = [(part.name, part.required) for part in (await check_schema(empty)).differences]
    assert needed == [("badge", True), ("mapping", True)]


async def test_columns_that_were_added_and_dropped_are_drift(empty: Database) -> None:
    await migrate_to_latest(empty)
    added = ColumnType(name="shoe_size", type="varchar(7)", null=False, default="42")
    await _do(empty, empty.dialect.add_column("users", added), empty.dialect.drop_column("hooks", "page_id"))
    assert await drift(empty) == ["hooks: column page_id is missing", "users: column shoe_size is not part of the schema"]


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
    text = words.as_described(ColumnType(name="mapping", type="text")).type
    assert await drift(empty) == [
        "leftover: table is not part of the schema",
        "scim_configurations: column created_at is varchar(35), expected varchar(35) not null",
        f"scim_configurations: column mapping is varchar(77) not null, expected {text} not null",
        "scim_configurations: column user_id_attribute is varchar(255) not null, expected varchar(255) not null default 'externalId'",
        "scim_configurations: foreign key (tenant_id) to tenants (id) on delete cascade is not part of the schema",
        "scim_configurations: primary key is (connection_id, tenant_id), expected (tenant_id, connection_id)",
        "scim_tokens: table is missing",
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
        "a: foreign key (tenant_id, user_id) to users (tenant_id, user_id) on delete cascade is missing",
        "a: foreign key (tenant_id, user_id) to users (user_id, tenant_id) on delete cascade is not part of the schema",
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
    assert list(live.columns) == [empty.dialect.as_described(column) for column in (key, *columns)]
    assert live.key == ("Id",)


async def test_the_ledger_is_described_as_it_is_declared(empty: Database) -> None:
    await migrate_to_latest(empty)
    live = await empty.dialect.describe(empty)
    ours = {table.name for table in (LEDGER, LEASES)}
    assert differences({name: live[name] for name in live if name in ours}, declared((LEDGER, LEASES), empty.dialect)) == []
    assert set(live) - ours == set(REGISTRY) == set(history.schema_after([history.load(name) for name in history.names()]))
