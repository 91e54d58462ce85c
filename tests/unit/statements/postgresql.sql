-- # get
SELECT "id","body","created_at" FROM "notes" WHERE "tenant_id"=$1 AND "id"=$2;
-- ["t", "n"]

-- # get of one row or others
SELECT "notes"."id","notes"."body","notes"."created_at","tags"."seen" FROM "notes" LEFT JOIN "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" WHERE "notes"."tenant_id"=$1 AND "notes"."id"=$2 UNION ALL SELECT "id","body","created_at",null FROM "notes" WHERE "tenant_id" IS NOT DISTINCT FROM $3 AND "body"=$4;
-- ["t", "n", "t", "b"]

-- # get with the side table
SELECT "notes"."id","notes"."body","notes"."created_at","tags"."seen" FROM "notes" LEFT JOIN "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" WHERE "notes"."tenant_id"=$1 AND "notes"."id"=$2;
-- ["t", "n"]

-- # all in order, limited
SELECT "id","body","created_at" FROM "notes" WHERE "tenant_id"=$1 ORDER BY "created_at" DESC NULLS LAST,"id" ASC LIMIT $2;
-- ["t", 3]

-- # operators
SELECT "id","body","created_at" FROM "notes" WHERE "id"<>$1 AND "created_at">$2 AND "created_at"<=$3 AND "body" IS NULL;
-- ["n", "2026-01-31T10:00:00.000Z", "2026-01-31T10:00:00.000Z"]

-- # null or later
SELECT "id","body","created_at" FROM "notes" WHERE ("created_at" IS NULL OR "created_at">$1) AND "body" IS NOT NULL;
-- ["2026-01-31T10:00:00.000Z"]

-- # in a list of three
SELECT "id","body","created_at" FROM "notes" WHERE "tenant_id"=$1 AND "id" = ANY($2);
-- ["t", ["a", "b", "c"]]

-- # insert
INSERT INTO "notes" ("tenant_id","id","body","created_at") VALUES ($1,$2,$3,$4);
-- ["t", "n", "b", "2026-01-31T10:00:00.000Z"]

-- # update
UPDATE "notes" SET "body"=$1,"created_at"=$2 WHERE "tenant_id"=$3 AND "id"=$4;
-- ["x", null, "t", "n"]

-- # update of the row that another row names
UPDATE "notes" SET "body"=$1 WHERE "tenant_id"=$2 AND "id"=(SELECT "id" FROM "tags" WHERE "tenant_id"=$3 AND "id"=$4 AND "seen"=$5);
-- ["x", "t", "t", "n", 1]

-- # update and delete by an index
UPDATE "notes" SET "created_at"=$1 WHERE "tenant_id" IS NOT DISTINCT FROM $2 AND "body"=$3;
-- [null, "t", "b"]
DELETE FROM "notes" WHERE "tenant_id" IS NOT DISTINCT FROM $1 AND "body"=$2;
-- ["t", "b"]

-- # update if another row exists
UPDATE "notes" SET "body"=$1 WHERE "tenant_id"=$2 AND "id"=$3 AND EXISTS (SELECT "id" FROM "tags" WHERE "tenant_id"=$4 AND "id"=$5 AND "seen">$6);
-- ["x", "t", "n", "t", "n", 1]

-- # update if the row that belongs to it exists
UPDATE "notes" SET "body"=$1 WHERE "tenant_id"=$2 AND "id"=$3 AND EXISTS (SELECT "id" FROM "tags" WHERE "seen">$4 AND "tags"."tenant_id" = "notes"."tenant_id" AND "tags"."id" = "notes"."id");
-- ["x", "t", "n", 1]

-- # delete
DELETE FROM "notes" WHERE "tenant_id"=$1 AND "id"=$2;
-- ["t", "n"]

-- # delete of pairs
DELETE FROM "notes" WHERE ("tenant_id", "id") IN (SELECT a, b FROM unnest(CAST($1 AS text[]), CAST($2 AS text[])) AS p (a, b));
-- [["t", "u"], ["a", "b"]]

-- # delete of the rows that others name
DELETE FROM "tags" WHERE "tenant_id"=$1 AND "id" IN (SELECT "id" FROM "notes" WHERE "tenant_id" IS NOT DISTINCT FROM $2 AND "body"=$3);
-- ["t", "t", "b"]

-- # delete in batches
SELECT MAX("entries"."created_at"),COUNT(*) FROM (SELECT "created_at" FROM "notes" WHERE "tenant_id"=$1 AND "created_at"<$2 ORDER BY "created_at" LIMIT $3) "entries";
-- ["t", "2026-01-31T10:00:00.000Z", 100]
DELETE FROM "notes" WHERE ctid = ANY(ARRAY((SELECT ctid FROM "notes" WHERE "tenant_id"=$1 AND "created_at"<=$2 LIMIT $3))) AND "tenant_id"=$1 AND "created_at"<=$2;
-- ["t", "2025-01-01T00:00:00.000Z", 125]
SELECT MAX("entries"."created_at"),COUNT(*) FROM (SELECT "created_at" FROM "notes" WHERE "tenant_id"=$1 AND "created_at">$2 AND "created_at"<$3 ORDER BY "created_at" LIMIT $4) "entries";
-- ["t", "2025-01-01T00:00:00.000Z", "2026-01-31T10:00:00.000Z", 200]
DELETE FROM "notes" WHERE ctid = ANY(ARRAY((SELECT ctid FROM "notes" WHERE "tenant_id"=$1 AND "created_at">$2 AND "created_at"<=$3 LIMIT $4))) AND "tenant_id"=$1 AND "created_at">$2 AND "created_at"<=$3;
-- ["t", "2025-01-01T00:00:00.000Z", "2025-02-01T00:00:00.000Z", 125]

-- # delete in batches, unordered
DELETE FROM "notes" WHERE ctid = ANY(ARRAY((SELECT ctid FROM "notes" WHERE "created_at" IS NULL LIMIT $1))) AND "created_at" IS NULL;
-- [125]

-- # upsert
INSERT INTO "notes" ("tenant_id","id","body","created_at") VALUES ($1,$2,$3,$4) ON CONFLICT ("tenant_id", "id") DO UPDATE SET "body"=EXCLUDED."body","created_at"=EXCLUDED."created_at";
-- ["t", "n", "b", "2026-01-31T10:00:00.000Z"]

-- # upsert of a key
INSERT INTO "notes" ("tenant_id","id") VALUES ($1,$2) ON CONFLICT ("tenant_id", "id") DO NOTHING;
-- ["t", "n"]

-- # upsert that changes nothing
INSERT INTO "notes" ("tenant_id","id","body","created_at") VALUES ($1,$2,$3,$4) ON CONFLICT ("tenant_id", "body") DO NOTHING;
-- ["t", "n", "b", "2026-01-31T10:00:00.000Z"]

-- # upsert that adds
INSERT INTO "notes" ("tenant_id","id","body") VALUES ($1,$2,$3) ON CONFLICT ("tenant_id", "id") DO UPDATE SET "body"="notes"."body" + excluded."body";
-- ["t", "n", 1]

-- # insert if exists
INSERT INTO "tags" ("tenant_id","id","seen","expires_at_ts") SELECT CAST($1 AS varchar),CAST($2 AS varchar),CAST($3 AS integer),CAST($4 AS bigint) FROM "notes" WHERE "tenant_id"=$5 AND "id"=$6;
-- ["t", "n", 1, 2, "t", "n"]

-- # insert if a row of the same table exists
INSERT INTO "notes" ("tenant_id","id","body","created_at") SELECT CAST($1 AS varchar),CAST($2 AS varchar),CAST($3 AS text),CAST($4 AS varchar) FROM "notes" "source" WHERE "source"."id"=$5 ON CONFLICT ("tenant_id", "id") DO NOTHING;
-- ["t", "n", "b", "2026-01-31T10:00:00.000Z", "m"]

-- # upsert if exists
INSERT INTO "tags" ("tenant_id","id","seen") SELECT CAST($1 AS varchar),CAST($2 AS varchar),CAST($3 AS integer) FROM "notes" WHERE "tenant_id"=$4 AND "id"=$5 ON CONFLICT ("tenant_id", "id") DO UPDATE SET "seen"=EXCLUDED."seen";
-- ["t", "n", 1, "t", "n"]

-- # lock
SELECT "tenant_id" FROM "tags" WHERE "tenant_id"=$1 AND "id"=$2 FOR UPDATE;
-- ["t", "n"]

-- # swap
SELECT "body" FROM "notes" WHERE "tenant_id"=$1 AND "id"=$2;
-- ["t", "n"]
UPDATE "notes" SET "body"=$1 WHERE "tenant_id"=$2 AND "id"=$3 AND "body"=$4;
-- ["B", "t", "n", "b"]

-- # revision
SELECT "body","created_at" FROM "notes" WHERE "tenant_id"=$1 AND "id"=$2;
-- ["t", "n"]
UPDATE "notes" SET "body"=$1 WHERE "tenant_id"=$2 AND "id"=$3 AND "body"=$4 AND "created_at" IS NULL;
-- ["x", "t", "n", "b"]

-- # swap in a transaction
SELECT "body" FROM "notes" WHERE "tenant_id"=$1 AND "id"=$2 FOR UPDATE;
-- ["t", "n"]
UPDATE "notes" SET "body"=$1 WHERE "tenant_id"=$2 AND "id"=$3 AND "body"=$4;
-- ["B", "t", "n", "b"]

-- # swap of nothing
SELECT "body" FROM "notes" WHERE "tenant_id"=$1 AND "id"=$2;
-- ["t", "n"]
UPDATE "notes" SET "body"=$1 WHERE "tenant_id"=$2 AND "id"=$3 AND "body" IS NULL;
-- ["B", "t", "n"]

-- # page
SELECT "notes"."id","notes"."body","notes"."created_at","tags"."seen" FROM "notes" LEFT JOIN "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" WHERE "notes"."tenant_id"=$1 ORDER BY "tags"."seen" DESC NULLS LAST,"notes"."id" DESC LIMIT $2 OFFSET $3;
-- ["t", 2, 2]

-- # page with totals, empty
SELECT "notes"."id","notes"."body","notes"."created_at","tags"."seen",(SELECT COUNT(*) FROM "notes" WHERE "tenant_id"=$1) "total_count" FROM (SELECT "id","body","created_at","tenant_id" FROM "notes" WHERE "tenant_id"=$1 ORDER BY "created_at" DESC NULLS LAST,"id" DESC LIMIT $2 OFFSET $3) "notes" LEFT JOIN LATERAL (SELECT "one"."seen","one"."tenant_id","one"."id" FROM "tags" "one" WHERE "one"."tenant_id"="notes"."tenant_id" AND "one"."id"="notes"."id" LIMIT ALL) "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" ORDER BY "notes"."created_at" DESC NULLS LAST,"notes"."id" DESC;
-- ["t", 2, 2]
SELECT COUNT(*) FROM "notes" WHERE "tenant_id"=$1;
-- ["t"]

-- # walk from the start
SELECT "notes"."id","notes"."body","notes"."created_at","tags"."seen" FROM (SELECT "id","body","created_at","tenant_id" FROM "notes" WHERE "tenant_id"=$1 ORDER BY "created_at" DESC NULLS LAST,"id" DESC LIMIT $2) "notes" LEFT JOIN LATERAL (SELECT "one"."seen","one"."tenant_id","one"."id" FROM "tags" "one" WHERE "one"."tenant_id"="notes"."tenant_id" AND "one"."id"="notes"."id" LIMIT ALL) "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" ORDER BY "notes"."created_at" DESC NULLS LAST,"notes"."id" DESC;
-- ["t", 3]

-- # walk on, descending
SELECT "notes"."id","notes"."body","notes"."created_at","tags"."seen" FROM (SELECT "id","body","created_at","tenant_id" FROM "notes" WHERE "tenant_id"=$1 AND ("created_at","id") < ($2,$3) ORDER BY "created_at" DESC NULLS LAST,"id" DESC LIMIT $4) "notes" LEFT JOIN LATERAL (SELECT "one"."seen","one"."tenant_id","one"."id" FROM "tags" "one" WHERE "one"."tenant_id"="notes"."tenant_id" AND "one"."id"="notes"."id" LIMIT ALL) "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" ORDER BY "notes"."created_at" DESC NULLS LAST,"notes"."id" DESC;
-- ["t", "2026-01-31T10:00:00.000Z", "n", 3]
SELECT "notes"."id","notes"."body","notes"."created_at","tags"."seen" FROM (SELECT "id","body","created_at","tenant_id" FROM "notes" WHERE "tenant_id"=$1 AND "created_at" IS NULL ORDER BY "created_at" DESC NULLS LAST,"id" DESC LIMIT $2) "notes" LEFT JOIN LATERAL (SELECT "one"."seen","one"."tenant_id","one"."id" FROM "tags" "one" WHERE "one"."tenant_id"="notes"."tenant_id" AND "one"."id"="notes"."id" LIMIT ALL) "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" ORDER BY "notes"."created_at" DESC NULLS LAST,"notes"."id" DESC;
-- ["t", 3]

-- # walk on, ascending
SELECT "notes"."id","notes"."body","notes"."created_at","tags"."seen" FROM (SELECT "id","body","created_at","tenant_id" FROM "notes" WHERE "tenant_id"=$1 AND ("created_at","id") > ($2,$3) ORDER BY "created_at" ASC NULLS FIRST,"id" ASC LIMIT $4) "notes" LEFT JOIN LATERAL (SELECT "one"."seen","one"."tenant_id","one"."id" FROM "tags" "one" WHERE "one"."tenant_id"="notes"."tenant_id" AND "one"."id"="notes"."id" LIMIT ALL) "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" ORDER BY "notes"."created_at" ASC NULLS FIRST,"notes"."id" ASC;
-- ["t", "2026-01-31T10:00:00.000Z", "n", 3]

-- # walk on at NULL, descending
SELECT "notes"."id","notes"."body","notes"."created_at","tags"."seen" FROM (SELECT "id","body","created_at","tenant_id" FROM "notes" WHERE "tenant_id"=$1 AND "created_at" IS NULL AND "id"<$2 ORDER BY "created_at" DESC NULLS LAST,"id" DESC LIMIT $3) "notes" LEFT JOIN LATERAL (SELECT "one"."seen","one"."tenant_id","one"."id" FROM "tags" "one" WHERE "one"."tenant_id"="notes"."tenant_id" AND "one"."id"="notes"."id" LIMIT ALL) "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" ORDER BY "notes"."created_at" DESC NULLS LAST,"notes"."id" DESC;
-- ["t", "n", 3]

-- # walk on at NULL, ascending
SELECT "notes"."id","notes"."body","notes"."created_at","tags"."seen" FROM (SELECT "id","body","created_at","tenant_id" FROM "notes" WHERE "tenant_id"=$1 AND "created_at" IS NULL AND "id">$2 ORDER BY "created_at" ASC NULLS FIRST,"id" ASC LIMIT $3) "notes" LEFT JOIN LATERAL (SELECT "one"."seen","one"."tenant_id","one"."id" FROM "tags" "one" WHERE "one"."tenant_id"="notes"."tenant_id" AND "one"."id"="notes"."id" LIMIT ALL) "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" ORDER BY "notes"."created_at" ASC NULLS FIRST,"notes"."id" ASC;
-- ["t", "n", 3]
SELECT "notes"."id","notes"."body","notes"."created_at","tags"."seen" FROM (SELECT "id","body","created_at","tenant_id" FROM "notes" WHERE "tenant_id"=$1 AND "created_at" IS NOT NULL ORDER BY "created_at" ASC NULLS FIRST,"id" ASC LIMIT $2) "notes" LEFT JOIN LATERAL (SELECT "one"."seen","one"."tenant_id","one"."id" FROM "tags" "one" WHERE "one"."tenant_id"="notes"."tenant_id" AND "one"."id"="notes"."id" LIMIT ALL) "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" ORDER BY "notes"."created_at" ASC NULLS FIRST,"notes"."id" ASC;
-- ["t", 3]

-- # filter: equal, and absent
SELECT "notes"."id","notes"."body","notes"."created_at","tags"."seen" FROM (SELECT "id","body","created_at","tenant_id" FROM "notes" WHERE "tenant_id"=$1 AND ("id"=$2 AND ("body" IS NULL OR NOT ("body"=$3))) ORDER BY "created_at" DESC NULLS LAST,"id" DESC LIMIT $4 OFFSET $5) "notes" LEFT JOIN LATERAL (SELECT "one"."seen","one"."tenant_id","one"."id" FROM "tags" "one" WHERE "one"."tenant_id"="notes"."tenant_id" AND "one"."id"="notes"."id" LIMIT ALL) "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" ORDER BY "notes"."created_at" DESC NULLS LAST,"notes"."id" DESC;
-- ["t", "n", "x", 2, 2]

-- # filter: one of two, each by its index
SELECT "notes"."id","notes"."body","notes"."created_at","tags"."seen" FROM (SELECT "id","body","created_at","tenant_id" FROM "notes" WHERE "tenant_id"=$1 AND ("body"=$2 OR "id"=$3) ORDER BY "created_at" DESC NULLS LAST,"id" DESC LIMIT $4) "notes" LEFT JOIN LATERAL (SELECT "one"."seen","one"."tenant_id","one"."id" FROM "tags" "one" WHERE "one"."tenant_id"="notes"."tenant_id" AND "one"."id"="notes"."id" LIMIT ALL) "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" ORDER BY "notes"."created_at" DESC NULLS LAST,"notes"."id" DESC;
-- ["t", "b", "n", 3]

-- # filter: comparisons
SELECT "notes"."id","notes"."body","notes"."created_at","tags"."seen" FROM "notes" LEFT JOIN "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" WHERE "notes"."tenant_id"=$1 AND ((("tags"."seen" > $2) AND ("tags"."seen" >= $3 AND "tags"."seen" < $4)) AND (("tags"."seen" IS NULL OR NOT (("tags"."seen" <= $5))) AND ("notes"."created_at" >= $6 AND "notes"."created_at" <= $7))) ORDER BY "notes"."created_at" DESC NULLS LAST,"notes"."id" DESC LIMIT $8 OFFSET $9;
-- ["t", 1, 2, 3, 4, "2026-01-31T00:00:00.000Z", "2026-01-31T23:59:59.999Z", 2, 2]

-- # filter: is there, or not
SELECT "notes"."id","notes"."body","notes"."created_at","tags"."seen" FROM "notes" LEFT JOIN "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" WHERE "notes"."tenant_id"=$1 AND (("notes"."body" IS NOT NULL) OR ("tags"."seen" IS NULL)) ORDER BY "notes"."created_at" DESC NULLS LAST,"notes"."id" DESC LIMIT $2 OFFSET $3;
-- ["t", 2, 2]

-- # filter: parts
SELECT "notes"."id","notes"."body","notes"."created_at","tags"."seen" FROM (SELECT "id","body","created_at","tenant_id" FROM "notes" WHERE "tenant_id"=$1 AND (((lower("body" COLLATE "C") LIKE $2 AND CAST(strpos(translate("body", $3, $4), $5) AS boolean)) AND starts_with(translate("body", $6, $7), $8)) AND (right(translate("body", $9, $10), $11) = $12 AND (NOT COALESCE((lower("body" COLLATE "C") LIKE $13 AND CAST(strpos(translate("body", $14, $15), $16) AS boolean)),$17)))) ORDER BY "created_at" DESC NULLS LAST,"id" DESC LIMIT $18 OFFSET $19) "notes" LEFT JOIN LATERAL (SELECT "one"."seen","one"."tenant_id","one"."id" FROM "tags" "one" WHERE "one"."tenant_id"="notes"."tenant_id" AND "one"."id"="notes"."id" LIMIT ALL) "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" ORDER BY "notes"."created_at" DESC NULLS LAST,"notes"."id" DESC;
-- ["t", "%_a%", "\u00c9A", "\u00e9a", "\u00e9a", "A\u00c9", "a\u00e9", "a\u00e9", "E\u00c9", "e\u00e9", 2, "e\u00e9", "%b%", "B", "b", "b", false, 2, 2]

-- # filter: free text
SELECT "notes"."id","notes"."body","notes"."created_at","tags"."seen" FROM (SELECT "id","body","created_at","tenant_id" FROM "notes" WHERE "tenant_id"=$1 AND (((lower("body" COLLATE "C") LIKE $2 AND CAST(strpos(translate("body", $3, $4), $5) AS boolean)) OR "id"=$6) AND ((NOT COALESCE((lower("body" COLLATE "C") LIKE $7 AND CAST(strpos(translate("body", $8, $9), $10) AS boolean)),$11)) AND (NOT ("id"=$12)))) ORDER BY "created_at" DESC NULLS LAST,"id" DESC LIMIT $13 OFFSET $14) "notes" LEFT JOIN LATERAL (SELECT "one"."seen","one"."tenant_id","one"."id" FROM "tags" "one" WHERE "one"."tenant_id"="notes"."tenant_id" AND "one"."id"="notes"."id" LIMIT ALL) "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" ORDER BY "notes"."created_at" DESC NULLS LAST,"notes"."id" DESC;
-- ["t", "%a%", "A", "a", "a", "a", "%b%", "B", "b", "b", false, "b", 2, 2]

-- # filter: a walk
SELECT "notes"."id","notes"."body","notes"."created_at","tags"."seen" FROM "notes" LEFT JOIN "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" WHERE "notes"."tenant_id"=$1 AND "tags"."seen"=$2 ORDER BY "notes"."created_at" DESC NULLS LAST,"notes"."id" DESC LIMIT $3;
-- ["t", 1, 3]

-- # filter: totals over the side table
SELECT "notes"."id","notes"."body","notes"."created_at","tags"."seen",(SELECT COUNT(*) FROM "notes" LEFT JOIN "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" WHERE "notes"."tenant_id"=$1 AND ("tags"."seen"=$2 OR "notes"."body"=$3)) "total_count" FROM "notes" LEFT JOIN "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" WHERE "notes"."tenant_id"=$1 AND ("tags"."seen"=$2 OR "notes"."body"=$3) ORDER BY "notes"."created_at" DESC NULLS LAST,"notes"."id" DESC LIMIT $4 OFFSET $5;
-- ["t", 1, "b", 2, 2]
SELECT COUNT(*) FROM "notes" LEFT JOIN "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" WHERE "notes"."tenant_id"=$1 AND ("tags"."seen"=$2 OR "notes"."body"=$3);
-- ["t", 1, "b"]

-- # filter: totals
SELECT "notes"."id","notes"."body","notes"."created_at","tags"."seen",(SELECT COUNT(*) FROM "notes" WHERE "tenant_id"=$1 AND "body"=$2) "total_count" FROM (SELECT "id","body","created_at","tenant_id" FROM "notes" WHERE "tenant_id"=$1 AND "body"=$2 ORDER BY "created_at" DESC NULLS LAST,"id" DESC LIMIT $3 OFFSET $4) "notes" LEFT JOIN LATERAL (SELECT "one"."seen","one"."tenant_id","one"."id" FROM "tags" "one" WHERE "one"."tenant_id"="notes"."tenant_id" AND "one"."id"="notes"."id" LIMIT ALL) "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" ORDER BY "notes"."created_at" DESC NULLS LAST,"notes"."id" DESC;
-- ["t", "b", 2, 2]
SELECT COUNT(*) FROM "notes" WHERE "tenant_id"=$1 AND "body"=$2;
-- ["t", "b"]
