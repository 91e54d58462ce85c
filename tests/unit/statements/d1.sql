-- # get
SELECT `id`,`body`,`created_at` FROM `notes` WHERE `tenant_id`=(?1->>0) AND `id`=(?1->>1);
-- ["t", "n"]

-- # get of one row or others
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=(?1->>0) AND `notes`.`id`=(?1->>1) UNION ALL SELECT `id`,`body`,`created_at`,null FROM `notes` INDEXED BY `notes_body` WHERE `tenant_id`=(?1->>2) AND `body`=(?1->>3);
-- ["t", "n", "t", "b"]

-- # get with the side table
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=(?1->>0) AND `notes`.`id`=(?1->>1);
-- ["t", "n"]

-- # all in order, limited
SELECT `id`,`body`,`created_at` FROM `notes` INDEXED BY `notes_created_at` WHERE `tenant_id`=(?1->>0) ORDER BY `created_at` DESC,`id` ASC LIMIT (?1->>1);
-- ["t", 3]

-- # operators
SELECT `id`,`body`,`created_at` FROM `notes` INDEXED BY `notes_body` WHERE `id`<>(?1->>0) AND `created_at`>(?1->>1) AND `created_at`<=(?1->>2) AND `body` IS NULL;
-- ["n", "2026-01-31T10:00:00.000Z", "2026-01-31T10:00:00.000Z"]

-- # null or later
SELECT `id`,`body`,`created_at` FROM `notes` WHERE (`created_at` IS NULL OR `created_at`>(?1->>0)) AND `body` IS NOT NULL;
-- ["2026-01-31T10:00:00.000Z"]

-- # in a list of three
SELECT `id`,`body`,`created_at` FROM `notes` INDEXED BY `sqlite_autoindex_notes_1` WHERE `tenant_id`=(?1->>0) AND `id` IN (SELECT value FROM json_each((?1->>1)));
-- ["t", "[\"a\", \"b\", \"c\"]"]

-- # insert
INSERT INTO `notes` (`tenant_id`,`id`,`body`,`created_at`) VALUES ((?1->>0),(?1->>1),(?1->>2),(?1->>3));
-- ["t", "n", "b", "2026-01-31T10:00:00.000Z"]

-- # update
UPDATE `notes` SET `body`=(?1->>0),`created_at`=(?1->>1) WHERE `tenant_id`=(?1->>2) AND `id`=(?1->>3);
-- ["x", null, "t", "n"]

-- # update of the row that another row names
UPDATE `notes` SET `body`=(?1->>0) WHERE `tenant_id`=(?1->>1) AND `id`=(SELECT `id` FROM `tags` WHERE `tenant_id`=(?1->>2) AND `id`=(?1->>3) AND `seen`=(?1->>4));
-- ["x", "t", "t", "n", 1]

-- # update and delete by an index
UPDATE `notes` INDEXED BY `notes_body` SET `created_at`=(?1->>0) WHERE `tenant_id`=(?1->>1) AND `body`=(?1->>2);
-- [null, "t", "b"]
DELETE FROM `notes` INDEXED BY `notes_body` WHERE `tenant_id`=(?1->>0) AND `body`=(?1->>1);
-- ["t", "b"]

-- # update if another row exists
UPDATE `notes` SET `body`=(?1->>0) WHERE `tenant_id`=(?1->>1) AND `id`=(?1->>2) AND EXISTS (SELECT `id` FROM `tags` WHERE `tenant_id`=(?1->>3) AND `id`=(?1->>4) AND `seen`>(?1->>5));
-- ["x", "t", "n", "t", "n", 1]

-- # update if the row that belongs to it exists
UPDATE `notes` SET `body`=(?1->>0) WHERE `tenant_id`=(?1->>1) AND `id`=(?1->>2) AND EXISTS (SELECT `id` FROM `tags` WHERE `seen`>(?1->>3) AND `tags`.`tenant_id` = `notes`.`tenant_id` AND `tags`.`id` = `notes`.`id`);
-- ["x", "t", "n", 1]

-- # delete
DELETE FROM `notes` WHERE `tenant_id`=(?1->>0) AND `id`=(?1->>1);
-- ["t", "n"]

-- # delete of pairs
DELETE FROM `notes` INDEXED BY `sqlite_autoindex_notes_1` WHERE (`tenant_id`, `id`) IN (SELECT json_extract(value, (?1->>0)), json_extract(value, (?1->>1)) FROM json_each((?1->>2)));
-- ["$[0]", "$[1]", "[[\"t\", \"a\"], [\"u\", \"b\"]]"]

-- # delete of the rows that others name
DELETE FROM `tags` INDEXED BY `sqlite_autoindex_tags_1` WHERE `tenant_id`=(?1->>0) AND `id` IN (SELECT `id` FROM `notes` INDEXED BY `notes_body` WHERE `tenant_id`=(?1->>1) AND `body`=(?1->>2));
-- ["t", "t", "b"]

-- # delete in batches
SELECT MAX(`entries`.`created_at`),COUNT(*) FROM (SELECT `created_at` FROM `notes` INDEXED BY `notes_created_at` WHERE `tenant_id`=(?1->>0) AND `created_at`<(?1->>1) ORDER BY `created_at` LIMIT (?1->>2)) `entries`;
-- ["t", "2026-01-31T10:00:00.000Z", 100]
DELETE FROM `notes` WHERE (`tenant_id`,`id`) IN (SELECT `tenant_id`,`id` FROM `notes` INDEXED BY `notes_created_at` WHERE `tenant_id`=(?1->>0) AND `created_at`<=(?1->>1) LIMIT (?1->>2));
-- ["t", "2025-01-01T00:00:00.000Z", 125]
SELECT MAX(`entries`.`created_at`),COUNT(*) FROM (SELECT `created_at` FROM `notes` INDEXED BY `notes_created_at` WHERE `tenant_id`=(?1->>0) AND `created_at`>(?1->>1) AND `created_at`<(?1->>2) ORDER BY `created_at` LIMIT (?1->>3)) `entries`;
-- ["t", "2025-01-01T00:00:00.000Z", "2026-01-31T10:00:00.000Z", 200]
DELETE FROM `notes` WHERE (`tenant_id`,`id`) IN (SELECT `tenant_id`,`id` FROM `notes` INDEXED BY `notes_created_at` WHERE `tenant_id`=(?1->>0) AND `created_at`>(?1->>1) AND `created_at`<=(?1->>2) LIMIT (?1->>3));
-- ["t", "2025-01-01T00:00:00.000Z", "2025-02-01T00:00:00.000Z", 125]

-- # delete in batches, unordered
DELETE FROM `notes` WHERE (`tenant_id`,`id`) IN (SELECT `tenant_id`,`id` FROM `notes` WHERE `created_at` IS NULL LIMIT (?1->>0));
-- [125]

-- # upsert
INSERT INTO `notes` (`tenant_id`,`id`,`body`,`created_at`) VALUES ((?1->>0),(?1->>1),(?1->>2),(?1->>3)) ON CONFLICT (`tenant_id`, `id`) DO UPDATE SET `body`=EXCLUDED.`body`,`created_at`=EXCLUDED.`created_at`;
-- ["t", "n", "b", "2026-01-31T10:00:00.000Z"]

-- # upsert of a key
INSERT INTO `notes` (`tenant_id`,`id`) VALUES ((?1->>0),(?1->>1)) ON CONFLICT (`tenant_id`, `id`) DO NOTHING;
-- ["t", "n"]

-- # upsert that changes nothing
INSERT INTO `notes` (`tenant_id`,`id`,`body`,`created_at`) VALUES ((?1->>0),(?1->>1),(?1->>2),(?1->>3)) ON CONFLICT (`tenant_id`, `body`) DO NOTHING;
-- ["t", "n", "b", "2026-01-31T10:00:00.000Z"]

-- # upsert that adds
INSERT INTO `notes` (`tenant_id`,`id`,`body`) VALUES ((?1->>0),(?1->>1),(?1->>2)) ON CONFLICT (`tenant_id`, `id`) DO UPDATE SET `body`=`notes`.`body` + excluded.`body`;
-- ["t", "n", 1]

-- # insert if exists
INSERT INTO `tags` (`tenant_id`,`id`,`seen`,`expires_at_ts`) SELECT (?1->>0),(?1->>1),(?1->>2),(?1->>3) FROM `notes` WHERE `tenant_id`=(?1->>4) AND `id`=(?1->>5);
-- ["t", "n", 1, 2, "t", "n"]

-- # insert if a row of the same table exists
INSERT INTO `notes` (`tenant_id`,`id`,`body`,`created_at`) SELECT (?1->>0),(?1->>1),(?1->>2),(?1->>3) FROM `notes` `source` WHERE `source`.`id`=(?1->>4) ON CONFLICT (`tenant_id`, `id`) DO NOTHING;
-- ["t", "n", "b", "2026-01-31T10:00:00.000Z", "m"]

-- # upsert if exists
INSERT INTO `tags` (`tenant_id`,`id`,`seen`) SELECT (?1->>0),(?1->>1),(?1->>2) FROM `notes` WHERE `tenant_id`=(?1->>3) AND `id`=(?1->>4) ON CONFLICT (`tenant_id`, `id`) DO UPDATE SET `seen`=EXCLUDED.`seen`;
-- ["t", "n", 1, "t", "n"]

-- # swap
SELECT `body` FROM `notes` WHERE `tenant_id`=(?1->>0) AND `id`=(?1->>1);
-- ["t", "n"]
UPDATE `notes` SET `body`=(?1->>0) WHERE `tenant_id`=(?1->>1) AND `id`=(?1->>2) AND `body`=(?1->>3);
-- ["B", "t", "n", "b"]

-- # revision
SELECT `body`,`created_at` FROM `notes` WHERE `tenant_id`=(?1->>0) AND `id`=(?1->>1);
-- ["t", "n"]
UPDATE `notes` SET `body`=(?1->>0) WHERE `tenant_id`=(?1->>1) AND `id`=(?1->>2) AND `body`=(?1->>3) AND `created_at` IS NULL;
-- ["x", "t", "n", "b"]

-- # swap in a transaction
SELECT `body` FROM `notes` WHERE `tenant_id`=(?1->>0) AND `id`=(?1->>1);
-- ["t", "n"]
UPDATE `notes` SET `body`=(?1->>0) WHERE `tenant_id`=(?1->>1) AND `id`=(?1->>2) AND `body`=(?1->>3);
-- ["B", "t", "n", "b"]

-- # swap of nothing
SELECT `body` FROM `notes` WHERE `tenant_id`=(?1->>0) AND `id`=(?1->>1);
-- ["t", "n"]
UPDATE `notes` SET `body`=(?1->>0) WHERE `tenant_id`=(?1->>1) AND `id`=(?1->>2) AND `body` IS NULL;
-- ["B", "t", "n"]

-- # page
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=(?1->>0) ORDER BY `tags`.`seen` DESC,`notes`.`id` DESC LIMIT (?1->>1) OFFSET (?1->>2);
-- ["t", 2, 2]

-- # page with totals, empty
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen`,(SELECT COUNT(*) FROM `notes` WHERE `tenant_id`=(?1->>0)) `total_count` FROM `notes` INDEXED BY `notes_created_at` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=(?1->>0) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT (?1->>1) OFFSET (?1->>2);
-- ["t", 2, 2]
SELECT COUNT(*) FROM `notes` WHERE `tenant_id`=(?1->>0);
-- ["t"]

-- # walk from the start
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` INDEXED BY `notes_created_at` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=(?1->>0) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT (?1->>1);
-- ["t", 3]

-- # walk on, descending
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` INDEXED BY `notes_created_at` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=(?1->>0) AND (`notes`.`created_at`,`notes`.`id`) < ((?1->>1),(?1->>2)) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT (?1->>3);
-- ["t", "2026-01-31T10:00:00.000Z", "n", 3]
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` INDEXED BY `notes_created_at` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=(?1->>0) AND `notes`.`created_at` IS NULL ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT (?1->>1);
-- ["t", 3]

-- # walk on, ascending
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` INDEXED BY `notes_created_at` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=(?1->>0) AND (`notes`.`created_at`,`notes`.`id`) > ((?1->>1),(?1->>2)) ORDER BY `notes`.`created_at` ASC,`notes`.`id` ASC LIMIT (?1->>3);
-- ["t", "2026-01-31T10:00:00.000Z", "n", 3]

-- # walk on at NULL, descending
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` INDEXED BY `notes_created_at` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=(?1->>0) AND `notes`.`created_at` IS NULL AND `notes`.`id`<(?1->>1) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT (?1->>2);
-- ["t", "n", 3]

-- # walk on at NULL, ascending
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` INDEXED BY `notes_created_at` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=(?1->>0) AND `notes`.`created_at` IS NULL AND `notes`.`id`>(?1->>1) ORDER BY `notes`.`created_at` ASC,`notes`.`id` ASC LIMIT (?1->>2);
-- ["t", "n", 3]
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` INDEXED BY `notes_created_at` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=(?1->>0) AND `notes`.`created_at` IS NOT NULL ORDER BY `notes`.`created_at` ASC,`notes`.`id` ASC LIMIT (?1->>1);
-- ["t", 3]

-- # filter: equal, and absent
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM (SELECT `id`,`body`,`created_at`,`tenant_id` FROM `notes` WHERE `tenant_id`=(?1->>0) AND (`id`=(?1->>1) AND (`body` IS NULL OR NOT (`body`=(?1->>2)))) ORDER BY `created_at` DESC,`id` DESC LIMIT (?1->>3) OFFSET (?1->>4)) `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC;
-- ["t", "n", "x", 2, 2]

-- # filter: one of two, each by its index
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM (SELECT `id`,`body`,`created_at`,`tenant_id` FROM `notes` WHERE +`tenant_id`=(?1->>0) AND (`body`=(?1->>1) OR (`tenant_id`=(?1->>0) AND `id`=(?1->>2))) ORDER BY +`created_at` DESC,+`id` DESC LIMIT (?1->>3)) `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC;
-- ["t", "b", "n", 3]

-- # filter: comparisons
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` INDEXED BY `notes_created_at` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=(?1->>0) AND (((`tags`.`seen` > (?1->>1)) AND (`tags`.`seen` >= (?1->>2) AND `tags`.`seen` < (?1->>3))) AND ((`tags`.`seen` IS NULL OR NOT ((`tags`.`seen` <= (?1->>4)))) AND (`notes`.`created_at` >= (?1->>5) AND `notes`.`created_at` <= (?1->>6)))) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT (?1->>7) OFFSET (?1->>8);
-- ["t", 1, 2, 3, 4, "2026-01-31T00:00:00.000Z", "2026-01-31T23:59:59.999Z", 2, 2]

-- # filter: is there, or not
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` INDEXED BY `notes_created_at` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=(?1->>0) AND ((`notes`.`body` IS NOT NULL) OR (`tags`.`seen` IS NULL)) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT (?1->>1) OFFSET (?1->>2);
-- ["t", 2, 2]

-- # filter: parts
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` INDEXED BY `notes_created_at` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=(?1->>0) AND (((CASE WHEN `notes`.`body` GLOB +(?1->>1) THEN COALESCE((?1->>2),EXISTS(WITH RECURSIVE f(v,p,i) AS (SELECT lower(value),(?1->>3),(?1->>4) FROM json_each(json_array(`notes`.`body`)) UNION ALL SELECT replace(v,substr(p,i,i),substr(p,i+i,i)),substr(p,i+i+i),i FROM f WHERE length(p)) SELECT p FROM f WHERE NOT length(p) AND instr(v,(?1->>5)))) END) AND (CASE WHEN `notes`.`body` GLOB +(?1->>6) THEN COALESCE((?1->>7),EXISTS(WITH RECURSIVE f(v,p,i) AS (SELECT lower(value),(?1->>8),(?1->>9) FROM json_each(json_array(`notes`.`body`)) UNION ALL SELECT replace(v,substr(p,i,i),substr(p,i+i,i)),substr(p,i+i+i),i FROM f WHERE length(p)) SELECT p FROM f WHERE NOT length(p) AND instr(v,(?1->>10))=(?1->>9))) END)) AND ((CASE WHEN `notes`.`body` GLOB +(?1->>11) THEN COALESCE((?1->>12),EXISTS(WITH RECURSIVE f(v,p,i) AS (SELECT lower(value),(?1->>13),(?1->>14) FROM json_each(json_array(`notes`.`body`)) UNION ALL SELECT replace(v,substr(p,i,i),substr(p,i+i,i)),substr(p,i+i+i),i FROM f WHERE length(p)) SELECT p FROM f WHERE NOT length(p) AND substr(v,(?1->>15))=(?1->>16))) END) AND (NOT COALESCE((CASE WHEN `notes`.`body` GLOB +(?1->>17) THEN COALESCE((?1->>18),EXISTS(WITH RECURSIVE f(v,p,i) AS (SELECT lower(value),(?1->>19),(?1->>20) FROM json_each(json_array(`notes`.`body`)) UNION ALL SELECT replace(v,substr(p,i,i),substr(p,i+i,i)),substr(p,i+i+i),i FROM f WHERE length(p)) SELECT p FROM f WHERE NOT length(p) AND instr(v,(?1->>21)))) END),(?1->>22))))) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT (?1->>23) OFFSET (?1->>24);
-- ["t", "*[\u00c9\u00e9][aA]*", true, "\u00c9\u00e9", 1, "\u00e9a", "[aA][\u00e9\u00c9]*", true, "\u00c9\u00e9", 1, "a\u00e9", "*[Ee][\u00c9\u00e9]", true, "\u00c9\u00e9", 1, -2, "e\u00e9", "*[bB]*", true, "", 1, "b", false, 2, 2]

-- # filter: free text
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` INDEXED BY `notes_created_at` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=(?1->>0) AND (((CASE WHEN `notes`.`body` GLOB +(?1->>1) THEN COALESCE((?1->>2),EXISTS(WITH RECURSIVE f(v,p,i) AS (SELECT lower(value),(?1->>3),(?1->>4) FROM json_each(json_array(`notes`.`body`)) UNION ALL SELECT replace(v,substr(p,i,i),substr(p,i+i,i)),substr(p,i+i+i),i FROM f WHERE length(p)) SELECT p FROM f WHERE NOT length(p) AND instr(v,(?1->>5)))) END) OR `notes`.`id`=(?1->>6)) AND ((NOT COALESCE((CASE WHEN `notes`.`body` GLOB +(?1->>7) THEN COALESCE((?1->>8),EXISTS(WITH RECURSIVE f(v,p,i) AS (SELECT lower(value),(?1->>9),(?1->>10) FROM json_each(json_array(`notes`.`body`)) UNION ALL SELECT replace(v,substr(p,i,i),substr(p,i+i,i)),substr(p,i+i+i),i FROM f WHERE length(p)) SELECT p FROM f WHERE NOT length(p) AND instr(v,(?1->>11)))) END),(?1->>12))) AND (NOT (`notes`.`id`=(?1->>13))))) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT (?1->>14) OFFSET (?1->>15);
-- ["t", "*[aA]*", true, "", 1, "a", "a", "*[bB]*", true, "", 1, "b", false, "b", 2, 2]

-- # filter: a walk
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` INDEXED BY `notes_created_at` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=(?1->>0) AND `tags`.`seen`=(?1->>1) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT (?1->>2);
-- ["t", 1, 3]

-- # filter: totals over the side table
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen`,(SELECT COUNT(*) FROM `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=(?1->>0) AND (`tags`.`seen`=(?1->>1) OR `notes`.`body`=(?1->>2))) `total_count` FROM `notes` INDEXED BY `notes_created_at` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=(?1->>0) AND (`tags`.`seen`=(?1->>1) OR `notes`.`body`=(?1->>2)) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT (?1->>3) OFFSET (?1->>4);
-- ["t", 1, "b", 2, 2]
SELECT COUNT(*) FROM `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=(?1->>0) AND (`tags`.`seen`=(?1->>1) OR `notes`.`body`=(?1->>2));
-- ["t", 1, "b"]

-- # filter: totals
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen`,(SELECT COUNT(*) FROM `notes` INDEXED BY `notes_body` WHERE `tenant_id`=(?1->>0) AND `body`=(?1->>1)) `total_count` FROM (SELECT `id`,`body`,`created_at`,`tenant_id` FROM `notes` INDEXED BY `notes_body` WHERE `tenant_id`=(?1->>0) AND `body`=(?1->>1) ORDER BY `created_at` DESC,`id` DESC LIMIT (?1->>2) OFFSET (?1->>3)) `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC;
-- ["t", "b", 2, 2]
SELECT COUNT(*) FROM `notes` INDEXED BY `notes_body` WHERE `tenant_id`=(?1->>0) AND `body`=(?1->>1);
-- ["t", "b"]
