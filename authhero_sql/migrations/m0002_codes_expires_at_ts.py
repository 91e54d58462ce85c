"""codes.expires_at_ts: expiry as a number, with an index, so that the sweep need not compare text."""

from authhero_sql.migrations.operations import Migration, add_column, backfill, create_index, iso_to_epoch_ms

migration = Migration(
    up=(
        add_column("codes", "expires_at_ts", "bigint"),
        create_index("codes", "idx_codes_expires_at_ts", ("expires_at_ts",)),
        backfill(
            "codes",
            key=("code_id", "code_type", "tenant_id"),
            source="expires_at",
            target="expires_at_ts",
            convert=iso_to_epoch_ms,
        ),
    )
)
