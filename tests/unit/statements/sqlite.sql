-- # get
SELECT "id","body","created_at" FROM "notes" WHERE "tenant_id"=? AND "id"=?;
-- ["t", "n"]

-- # get with the side table
SELECT "notes"."id","notes"."body","notes"."created_at","tags"."seen" FROM "notes" LEFT JOIN "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" WHERE "notes"."tenant_id"=? AND "notes"."id"=?;
-- ["t", "n"]

-- # all in order, limited
SELECT "id","body","created_at" FROM "notes" WHERE "tenant_id"=? ORDER BY "created_at" DESC,"id" ASC LIMIT ?;
-- ["t", 3]

-- # operators
SELECT "id","body","created_at" FROM "notes" WHERE "id"<>? AND "created_at"<? AND "created_at"<=? AND "created_at">? AND "created_at">=? AND "body" IS NULL;
-- ["n", "2026-01-31T10:00:00.000Z", "2026-01-31T10:00:00.000Z", "2026-01-31T10:00:00.000Z", "2026-01-31T10:00:00.000Z"]

-- # null or later
SELECT "id","body","created_at" FROM "notes" WHERE ("created_at" IS NULL OR "created_at">?) AND "body" IS NOT NULL;
-- ["2026-01-31T10:00:00.000Z"]

-- # in a list of three
SELECT "id","body","created_at" FROM "notes" WHERE "tenant_id"=? AND "id" IN (SELECT value FROM json_each(?));
-- ["t", "[\"a\", \"b\", \"c\"]"]

-- # insert
INSERT INTO "notes" ("tenant_id","id","body","created_at") VALUES (?,?,?,?);
-- ["t", "n", "b", "2026-01-31T10:00:00.000Z"]

-- # update
UPDATE "notes" SET "body"=?,"created_at"=? WHERE "tenant_id"=? AND "id"=?;
-- ["x", null, "t", "n"]

-- # update of the row that another row names
UPDATE "notes" SET "body"=? WHERE "tenant_id"=? AND "id"=(SELECT "id" FROM "tags" WHERE "tenant_id"=? AND "id"=? AND "seen"=?);
-- ["x", "t", "t", "n", 1]

-- # update if another row exists
UPDATE "notes" SET "body"=? WHERE "tenant_id"=? AND "id"=? AND EXISTS (SELECT "id" FROM "tags" WHERE "tenant_id"=? AND "id"=? AND "seen">?);
-- ["x", "t", "n", "t", "n", 1]

-- # delete
DELETE FROM "notes" WHERE "tenant_id"=? AND "id"=?;
-- ["t", "n"]

-- # delete of the rows that others name
DELETE FROM "tags" WHERE "tenant_id"=? AND "id" IN (SELECT "id" FROM "notes" WHERE "tenant_id"=? AND "body"=?);
-- ["t", "t", "b"]

-- # delete in batches
DELETE FROM "notes" WHERE ("tenant_id","id") IN (SELECT "tenant_id","id" FROM "notes" WHERE "created_at"<? LIMIT ?);
-- ["2026-01-31T10:00:00.000Z", 500]

-- # upsert
INSERT INTO "notes" ("tenant_id","id","body","created_at") VALUES (?,?,?,?) ON CONFLICT ("tenant_id", "id") DO UPDATE SET "body"=EXCLUDED."body","created_at"=EXCLUDED."created_at";
-- ["t", "n", "b", "2026-01-31T10:00:00.000Z"]

-- # upsert of a key
INSERT INTO "notes" ("tenant_id","id") VALUES (?,?) ON CONFLICT ("tenant_id", "id") DO NOTHING;
-- ["t", "n"]

-- # insert beside
INSERT INTO "tags" ("tenant_id","id","seen","expires_at_ts") SELECT ?,?,?,? FROM "notes" WHERE "tenant_id"=? AND "id"=?;
-- ["t", "n", 1, 2, "t", "n"]

-- # upsert beside
INSERT INTO "tags" ("tenant_id","id","seen") SELECT ?,?,? FROM "notes" WHERE "tenant_id"=? AND "id"=? ON CONFLICT ("tenant_id", "id") DO UPDATE SET "seen"=EXCLUDED."seen";
-- ["t", "n", 1, "t", "n"]

-- # swap
SELECT "body" FROM "notes" WHERE "tenant_id"=? AND "id"=?;
-- ["t", "n"]
UPDATE "notes" SET "body"=? WHERE "tenant_id"=? AND "id"=? AND "body"=?;
-- ["B", "t", "n", "b"]

-- # swap in a transaction
SELECT "body" FROM "notes" WHERE "tenant_id"=? AND "id"=?;
-- ["t", "n"]
UPDATE "notes" SET "body"=? WHERE "tenant_id"=? AND "id"=? AND "body"=?;
-- ["B", "t", "n", "b"]

-- # swap of nothing
SELECT "body" FROM "notes" WHERE "tenant_id"=? AND "id"=?;
-- ["t", "n"]
UPDATE "notes" SET "body"=? WHERE "tenant_id"=? AND "id"=? AND "body" IS NULL;
-- ["B", "t", "n"]

-- # page
SELECT "notes"."id","notes"."body","notes"."created_at","tags"."seen" FROM "notes" LEFT JOIN "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" WHERE "notes"."tenant_id"=? ORDER BY "tags"."seen" DESC,"notes"."id" DESC LIMIT ? OFFSET ?;
-- ["t", 2, 2]

-- # page with totals, empty
SELECT "notes"."id","notes"."body","notes"."created_at","tags"."seen",(SELECT COUNT(*) FROM "notes" WHERE "tenant_id"=?) "total_count" FROM "notes" LEFT JOIN "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" WHERE "notes"."tenant_id"=? ORDER BY "notes"."created_at" DESC,"notes"."id" DESC LIMIT ? OFFSET ?;
-- ["t", "t", 2, 2]
SELECT COUNT(*) FROM "notes" WHERE "tenant_id"=?;
-- ["t"]

-- # walk from the start
SELECT "notes"."id","notes"."body","notes"."created_at","tags"."seen" FROM "notes" LEFT JOIN "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" WHERE "notes"."tenant_id"=? ORDER BY "notes"."created_at" DESC,"notes"."id" DESC LIMIT ?;
-- ["t", 3]

-- # walk on, descending
SELECT "notes"."id","notes"."body","notes"."created_at","tags"."seen" FROM "notes" LEFT JOIN "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" WHERE "notes"."tenant_id"=? AND (("notes"."created_at","notes"."id") < (?,?) OR "notes"."created_at" IS NULL) ORDER BY "notes"."created_at" DESC,"notes"."id" DESC LIMIT ?;
-- ["t", "2026-01-31T10:00:00.000Z", "n", 3]

-- # walk on, ascending
SELECT "notes"."id","notes"."body","notes"."created_at","tags"."seen" FROM "notes" LEFT JOIN "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" WHERE "notes"."tenant_id"=? AND ("notes"."created_at","notes"."id") > (?,?) ORDER BY "notes"."created_at" ASC,"notes"."id" ASC LIMIT ?;
-- ["t", "2026-01-31T10:00:00.000Z", "n", 3]

-- # walk on at NULL, descending
SELECT "notes"."id","notes"."body","notes"."created_at","tags"."seen" FROM "notes" LEFT JOIN "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" WHERE "notes"."tenant_id"=? AND "notes"."created_at" IS NULL AND "notes"."id"<? ORDER BY "notes"."created_at" DESC,"notes"."id" DESC LIMIT ?;
-- ["t", "n", 3]

-- # walk on at NULL, ascending
SELECT "notes"."id","notes"."body","notes"."created_at","tags"."seen" FROM "notes" LEFT JOIN "tags" ON "notes"."tenant_id"="tags"."tenant_id" AND "notes"."id"="tags"."id" WHERE "notes"."tenant_id"=? AND (("notes"."created_at" IS NULL AND "notes"."id">?) OR "notes"."created_at" IS NOT NULL) ORDER BY "notes"."created_at" ASC,"notes"."id" ASC LIMIT ?;
-- ["t", "n", 3]
