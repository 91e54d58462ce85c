-- # get
SELECT `id`,`body`,`created_at` FROM `notes` WHERE `tenant_id`=? AND `id`=?;
-- ["t", "n"]

-- # get of one row or others
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=? AND `notes`.`id`=? UNION ALL SELECT `id`,`body`,`created_at`,null FROM `notes` INDEXED BY `notes_body` WHERE `tenant_id`=? AND `body`=?;
-- ["t", "n", "t", "b"]

-- # get with the side table
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=? AND `notes`.`id`=?;
-- ["t", "n"]

-- # all in order, limited
SELECT `id`,`body`,`created_at` FROM `notes` INDEXED BY `notes_created_at` WHERE `tenant_id`=? ORDER BY `created_at` DESC,`id` ASC LIMIT ?;
-- ["t", 3]

-- # operators
SELECT `id`,`body`,`created_at` FROM `notes` INDEXED BY `notes_body` WHERE `id`<>? AND `created_at`>? AND `created_at`<=? AND `body` IS NULL;
-- ["n", "2026-01-31T10:00:00.000Z", "2026-01-31T10:00:00.000Z"]

-- # null or later
SELECT `id`,`body`,`created_at` FROM `notes` WHERE (`created_at` IS NULL OR `created_at`>?) AND `body` IS NOT NULL;
-- ["2026-01-31T10:00:00.000Z"]

-- # in a list of three
SELECT `id`,`body`,`created_at` FROM `notes` INDEXED BY `sqlite_autoindex_notes_1` WHERE `tenant_id`=? AND `id` IN (SELECT value FROM json_each(?));
-- ["t", "[\"a\", \"b\", \"c\"]"]

-- # insert
INSERT INTO `notes` (`tenant_id`,`id`,`body`,`created_at`) VALUES (?,?,?,?);
-- ["t", "n", "b", "2026-01-31T10:00:00.000Z"]

-- # update
UPDATE `notes` SET `body`=?,`created_at`=? WHERE `tenant_id`=? AND `id`=?;
-- ["x", null, "t", "n"]

-- # update of the row that another row names
UPDATE `notes` SET `body`=? WHERE `tenant_id`=? AND `id`=(SELECT `id` FROM `tags` WHERE `tenant_id`=? AND `id`=? AND `seen`=?);
-- ["x", "t", "t", "n", 1]

-- # update and delete by an index
UPDATE `notes` INDEXED BY `notes_body` SET `created_at`=? WHERE `tenant_id`=? AND `body`=?;
-- [null, "t", "b"]
DELETE FROM `notes` INDEXED BY `notes_body` WHERE `tenant_id`=? AND `body`=?;
-- ["t", "b"]

-- # update if another row exists
UPDATE `notes` SET `body`=? WHERE `tenant_id`=? AND `id`=? AND EXISTS (SELECT `id` FROM `tags` WHERE `tenant_id`=? AND `id`=? AND `seen`>?);
-- ["x", "t", "n", "t", "n", 1]

-- # update if the row that belongs to it exists
UPDATE `notes` SET `body`=? WHERE `tenant_id`=? AND `id`=? AND EXISTS (SELECT `id` FROM `tags` WHERE `seen`>? AND `tags`.`tenant_id` = `notes`.`tenant_id` AND `tags`.`id` = `notes`.`id`);
-- ["x", "t", "n", 1]

-- # delete
DELETE FROM `notes` WHERE `tenant_id`=? AND `id`=?;
-- ["t", "n"]

-- # delete of pairs
DELETE FROM `notes` INDEXED BY `sqlite_autoindex_notes_1` WHERE (`tenant_id`, `id`) IN (SELECT json_extract(value, ?), json_extract(value, ?) FROM json_each(?));
-- ["$[0]", "$[1]", "[[\"t\", \"a\"], [\"u\", \"b\"]]"]

-- # delete of the rows that others name
DELETE FROM `tags` INDEXED BY `sqlite_autoindex_tags_1` WHERE `tenant_id`=? AND `id` IN (SELECT `id` FROM `notes` INDEXED BY `notes_body` WHERE `tenant_id`=? AND `body`=?);
-- ["t", "t", "b"]

-- # delete in batches
SELECT MAX(`entries`.`created_at`),COUNT(*) FROM (SELECT `created_at` FROM `notes` INDEXED BY `notes_created_at` WHERE `tenant_id`=? AND `created_at`<? ORDER BY `created_at` LIMIT ?) `entries`;
-- ["t", "2026-01-31T10:00:00.000Z", 100]
DELETE FROM `notes` WHERE (`tenant_id`,`id`) IN (SELECT `tenant_id`,`id` FROM `notes` INDEXED BY `notes_created_at` WHERE `tenant_id`=? AND `created_at`<=? LIMIT ?);
-- ["t", "2025-01-01T00:00:00.000Z", 125]
SELECT MAX(`entries`.`created_at`),COUNT(*) FROM (SELECT `created_at` FROM `notes` INDEXED BY `notes_created_at` WHERE `tenant_id`=? AND `created_at`>? AND `created_at`<? ORDER BY `created_at` LIMIT ?) `entries`;
-- ["t", "2025-01-01T00:00:00.000Z", "2026-01-31T10:00:00.000Z", 200]
DELETE FROM `notes` WHERE (`tenant_id`,`id`) IN (SELECT `tenant_id`,`id` FROM `notes` INDEXED BY `notes_created_at` WHERE `tenant_id`=? AND `created_at`>? AND `created_at`<=? LIMIT ?);
-- ["t", "2025-01-01T00:00:00.000Z", "2025-02-01T00:00:00.000Z", 125]

-- # delete in batches, unordered
DELETE FROM `notes` WHERE (`tenant_id`,`id`) IN (SELECT `tenant_id`,`id` FROM `notes` WHERE `created_at` IS NULL LIMIT ?);
-- [125]

-- # upsert
INSERT INTO `notes` (`tenant_id`,`id`,`body`,`created_at`) VALUES (?,?,?,?) ON CONFLICT (`tenant_id`, `id`) DO UPDATE SET `body`=EXCLUDED.`body`,`created_at`=EXCLUDED.`created_at`;
-- ["t", "n", "b", "2026-01-31T10:00:00.000Z"]

-- # upsert of a key
INSERT INTO `notes` (`tenant_id`,`id`) VALUES (?,?) ON CONFLICT (`tenant_id`, `id`) DO NOTHING;
-- ["t", "n"]

-- # upsert that changes nothing
INSERT INTO `notes` (`tenant_id`,`id`,`body`,`created_at`) VALUES (?,?,?,?) ON CONFLICT (`tenant_id`, `body`) DO NOTHING;
-- ["t", "n", "b", "2026-01-31T10:00:00.000Z"]

-- # upsert that adds
INSERT INTO `notes` (`tenant_id`,`id`,`body`) VALUES (?,?,?) ON CONFLICT (`tenant_id`, `id`) DO UPDATE SET `body`=`notes`.`body` + excluded.`body`;
-- ["t", "n", 1]

-- # insert if exists
INSERT INTO `tags` (`tenant_id`,`id`,`seen`,`expires_at_ts`) SELECT ?,?,?,? FROM `notes` WHERE `tenant_id`=? AND `id`=?;
-- ["t", "n", 1, 2, "t", "n"]

-- # insert if a row of the same table exists
INSERT INTO `notes` (`tenant_id`,`id`,`body`,`created_at`) SELECT ?,?,?,? FROM `notes` `source` WHERE `source`.`id`=? ON CONFLICT (`tenant_id`, `id`) DO NOTHING;
-- ["t", "n", "b", "2026-01-31T10:00:00.000Z", "m"]

-- # upsert if exists
INSERT INTO `tags` (`tenant_id`,`id`,`seen`) SELECT ?,?,? FROM `notes` WHERE `tenant_id`=? AND `id`=? ON CONFLICT (`tenant_id`, `id`) DO UPDATE SET `seen`=EXCLUDED.`seen`;
-- ["t", "n", 1, "t", "n"]

-- # swap
SELECT `body` FROM `notes` WHERE `tenant_id`=? AND `id`=?;
-- ["t", "n"]
UPDATE `notes` SET `body`=? WHERE `tenant_id`=? AND `id`=? AND `body`=?;
-- ["B", "t", "n", "b"]

-- # revision
SELECT `body`,`created_at` FROM `notes` WHERE `tenant_id`=? AND `id`=?;
-- ["t", "n"]
UPDATE `notes` SET `body`=? WHERE `tenant_id`=? AND `id`=? AND `body`=? AND `created_at` IS NULL;
-- ["x", "t", "n", "b"]

-- # swap in a transaction
SELECT `body` FROM `notes` WHERE `tenant_id`=? AND `id`=?;
-- ["t", "n"]
UPDATE `notes` SET `body`=? WHERE `tenant_id`=? AND `id`=? AND `body`=?;
-- ["B", "t", "n", "b"]

-- # swap of nothing
SELECT `body` FROM `notes` WHERE `tenant_id`=? AND `id`=?;
-- ["t", "n"]
UPDATE `notes` SET `body`=? WHERE `tenant_id`=? AND `id`=? AND `body` IS NULL;
-- ["B", "t", "n"]

-- # page
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=? ORDER BY `tags`.`seen` DESC,`notes`.`id` DESC LIMIT ? OFFSET ?;
-- ["t", 2, 2]

-- # page with totals, empty
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen`,(SELECT COUNT(*) FROM `notes` WHERE `tenant_id`=?) `total_count` FROM `notes` INDEXED BY `notes_created_at` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=? ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT ? OFFSET ?;
-- ["t", "t", 2, 2]
SELECT COUNT(*) FROM `notes` WHERE `tenant_id`=?;
-- ["t"]

-- # walk from the start
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` INDEXED BY `notes_created_at` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=? ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT ?;
-- ["t", 3]

-- # walk on, descending
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` INDEXED BY `notes_created_at` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=? AND (`notes`.`created_at`,`notes`.`id`) < (?,?) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT ?;
-- ["t", "2026-01-31T10:00:00.000Z", "n", 3]
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` INDEXED BY `notes_created_at` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=? AND `notes`.`created_at` IS NULL ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT ?;
-- ["t", 3]

-- # walk on, ascending
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` INDEXED BY `notes_created_at` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=? AND (`notes`.`created_at`,`notes`.`id`) > (?,?) ORDER BY `notes`.`created_at` ASC,`notes`.`id` ASC LIMIT ?;
-- ["t", "2026-01-31T10:00:00.000Z", "n", 3]

-- # walk on at NULL, descending
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` INDEXED BY `notes_created_at` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=? AND `notes`.`created_at` IS NULL AND `notes`.`id`<? ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT ?;
-- ["t", "n", 3]

-- # walk on at NULL, ascending
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` INDEXED BY `notes_created_at` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=? AND `notes`.`created_at` IS NULL AND `notes`.`id`>? ORDER BY `notes`.`created_at` ASC,`notes`.`id` ASC LIMIT ?;
-- ["t", "n", 3]
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` INDEXED BY `notes_created_at` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=? AND `notes`.`created_at` IS NOT NULL ORDER BY `notes`.`created_at` ASC,`notes`.`id` ASC LIMIT ?;
-- ["t", 3]

-- # filter: equal, and absent
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM (SELECT `id`,`body`,`created_at`,`tenant_id` FROM `notes` WHERE `tenant_id`=? AND (`id`=? AND (`body` IS NULL OR NOT (`body`=?))) ORDER BY `created_at` DESC,`id` DESC LIMIT ? OFFSET ?) `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC;
-- ["t", "n", "x", 2, 2]

-- # filter: one of two, each by its index
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM (SELECT `id`,`body`,`created_at`,`tenant_id` FROM `notes` WHERE +`tenant_id`=? AND (`body`=? OR (`tenant_id`=? AND `id`=?)) ORDER BY +`created_at` DESC,+`id` DESC LIMIT ?) `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC;
-- ["t", "b", "t", "n", 3]

-- # filter: comparisons
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` INDEXED BY `notes_created_at` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=? AND (((`tags`.`seen` > ?) AND (`tags`.`seen` >= ? AND `tags`.`seen` < ?)) AND ((`tags`.`seen` IS NULL OR NOT ((`tags`.`seen` <= ?))) AND (`notes`.`created_at` >= ? AND `notes`.`created_at` <= ?))) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT ? OFFSET ?;
-- ["t", 1, 2, 3, 4, "2026-01-31T00:00:00.000Z", "2026-01-31T23:59:59.999Z", 2, 2]

-- # filter: is there, or not
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` INDEXED BY `notes_created_at` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=? AND ((`notes`.`body` IS NOT NULL) OR (`tags`.`seen` IS NULL)) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT ? OFFSET ?;
-- ["t", 2, 2]

-- # filter: parts
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` INDEXED BY `notes_created_at` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=? AND ((`notes`.`body` GLOB +? AND `notes`.`body` GLOB +?) AND (`notes`.`body` GLOB +? AND (NOT COALESCE(`notes`.`body` GLOB +?,?)))) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT ? OFFSET ?;
-- ["t", "*[\u00c9\u00e9][aA]*", "[aA][\u00e9\u00c9]*", "*[Ee][\u00c9\u00e9]", "*[bB]*", false, 2, 2]

-- # filter: free text
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` INDEXED BY `notes_created_at` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=? AND ((`notes`.`body` GLOB +? OR `notes`.`id`=?) AND ((NOT COALESCE(`notes`.`body` GLOB +?,?)) AND (NOT (`notes`.`id`=?)))) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT ? OFFSET ?;
-- ["t", "*[aA]*", "a", "*[bB]*", false, "b", 2, 2]

-- # filter: a walk
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` INDEXED BY `notes_created_at` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=? AND `tags`.`seen`=? ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT ?;
-- ["t", 1, 3]

-- # filter: totals over the side table
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen`,(SELECT COUNT(*) FROM `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=? AND (`tags`.`seen`=? OR `notes`.`body`=?)) `total_count` FROM `notes` INDEXED BY `notes_created_at` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=? AND (`tags`.`seen`=? OR `notes`.`body`=?) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT ? OFFSET ?;
-- ["t", 1, "b", "t", 1, "b", 2, 2]
SELECT COUNT(*) FROM `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=? AND (`tags`.`seen`=? OR `notes`.`body`=?);
-- ["t", 1, "b"]

-- # filter: totals
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen`,(SELECT COUNT(*) FROM `notes` INDEXED BY `notes_body` WHERE `tenant_id`=? AND `body`=?) `total_count` FROM (SELECT `id`,`body`,`created_at`,`tenant_id` FROM `notes` INDEXED BY `notes_body` WHERE `tenant_id`=? AND `body`=? ORDER BY `created_at` DESC,`id` DESC LIMIT ? OFFSET ?) `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC;
-- ["t", "b", "t", "b", 2, 2]
SELECT COUNT(*) FROM `notes` INDEXED BY `notes_body` WHERE `tenant_id`=? AND `body`=?;
-- ["t", "b"]
