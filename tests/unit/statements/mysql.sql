-- # get
SELECT `id`,`body`,`created_at` FROM `notes` WHERE `tenant_id`=%s AND `id`=%s;
-- ["t", "n"]

-- # get of one row or others
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=%s AND `notes`.`id`=%s UNION ALL SELECT `id`,`body`,`created_at`,null FROM `notes` WHERE `tenant_id`=%s AND `body`=%s;
-- ["t", "n", "t", "b"]

-- # get with the side table
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=%s AND `notes`.`id`=%s;
-- ["t", "n"]

-- # all in order, limited
SELECT `id`,`body`,`created_at` FROM `notes` FORCE INDEX (`notes_created_at`) WHERE `tenant_id`=%s ORDER BY `created_at` DESC,`id` ASC LIMIT %s;
-- ["t", 3]

-- # operators
SELECT `id`,`body`,`created_at` FROM `notes` WHERE `id`<>%s AND `created_at`>%s AND `created_at`<=%s AND `body` IS NULL;
-- ["n", "2026-01-31T10:00:00.000Z", "2026-01-31T10:00:00.000Z"]

-- # null or later
SELECT `id`,`body`,`created_at` FROM `notes` WHERE (`created_at` IS NULL OR `created_at`>%s) AND `body` IS NOT NULL;
-- ["2026-01-31T10:00:00.000Z"]

-- # in a list of three
SELECT `id`,`body`,`created_at` FROM `notes` WHERE `tenant_id`=%s AND `id` IN (%s, %s, %s, %s);
-- ["t", "a", "b", "c", "c"]

-- # insert
INSERT INTO `notes` (`tenant_id`,`id`,`body`,`created_at`) VALUES (%s,%s,%s,%s);
-- ["t", "n", "b", "2026-01-31T10:00:00.000Z"]

-- # update
UPDATE `notes` SET `body`=%s,`created_at`=%s WHERE `tenant_id`=%s AND `id`=%s;
-- ["x", null, "t", "n"]

-- # update of the row that another row names
UPDATE `notes` SET `body`=%s WHERE `tenant_id`=%s AND `id`=(SELECT `id` FROM `tags` WHERE `tenant_id`=%s AND `id`=%s AND `seen`=%s);
-- ["x", "t", "t", "n", 1]

-- # update and delete by an index
UPDATE `notes` SET `created_at`=%s WHERE `tenant_id`=%s AND `body`=%s;
-- [null, "t", "b"]
DELETE `notes` FROM `notes` WHERE `notes`.`tenant_id`=%s AND `notes`.`body`=%s;
-- ["t", "b"]

-- # update if another row exists
UPDATE `notes` SET `body`=%s WHERE `tenant_id`=%s AND `id`=%s AND EXISTS (SELECT `id` FROM `tags` WHERE `tenant_id`=%s AND `id`=%s AND `seen`>%s);
-- ["x", "t", "n", "t", "n", 1]

-- # update if the row that belongs to it exists
UPDATE `notes` SET `body`=%s WHERE `tenant_id`=%s AND `id`=%s AND EXISTS (SELECT `id` FROM `tags` WHERE `seen`>%s AND `tags`.`tenant_id` = `notes`.`tenant_id` AND `tags`.`id` = `notes`.`id`);
-- ["x", "t", "n", 1]

-- # delete
DELETE `notes` FROM `notes` WHERE `notes`.`tenant_id`=%s AND `notes`.`id`=%s;
-- ["t", "n"]

-- # delete of pairs
DELETE `notes` FROM `notes` FORCE INDEX (`PRIMARY`) WHERE ((`notes`.`tenant_id` = %s AND `notes`.`id` = %s) OR (`notes`.`tenant_id` = %s AND `notes`.`id` = %s));
-- ["t", "a", "u", "b"]

-- # delete of the rows that others name
DELETE `tags` FROM `tags` WHERE `tags`.`tenant_id`=%s AND `tags`.`id` IN (SELECT `id` FROM `notes` WHERE `tenant_id`=%s AND `body`=%s);
-- ["t", "t", "b"]

-- # delete in batches
SELECT MAX(`entries`.`created_at`),COUNT(*) FROM (SELECT `created_at` FROM `notes` FORCE INDEX (`notes_created_at`) WHERE `tenant_id`=%s AND `created_at`<%s ORDER BY `created_at` LIMIT %s) `entries`;
-- ["t", "2026-01-31T10:00:00.000Z", 100]
DELETE FROM `notes` WHERE `tenant_id`=%s AND `created_at`<=%s LIMIT %s;
-- ["t", "2025-01-01T00:00:00.000Z", 125]
SELECT MAX(`entries`.`created_at`),COUNT(*) FROM (SELECT `created_at` FROM `notes` FORCE INDEX (`notes_created_at`) WHERE `tenant_id`=%s AND `created_at`>%s AND `created_at`<%s ORDER BY `created_at` LIMIT %s) `entries`;
-- ["t", "2025-01-01T00:00:00.000Z", "2026-01-31T10:00:00.000Z", 200]
DELETE FROM `notes` WHERE `tenant_id`=%s AND `created_at`>%s AND `created_at`<=%s LIMIT %s;
-- ["t", "2025-01-01T00:00:00.000Z", "2025-02-01T00:00:00.000Z", 125]

-- # delete in batches, unordered
DELETE FROM `notes` WHERE `created_at` IS NULL LIMIT %s;
-- [125]

-- # upsert
INSERT INTO `notes` (`tenant_id`,`id`,`body`,`created_at`) VALUES (%s,%s,%s,%s) ON DUPLICATE KEY UPDATE `body`=VALUES(`body`),`created_at`=VALUES(`created_at`);
-- ["t", "n", "b", "2026-01-31T10:00:00.000Z"]

-- # upsert of a key
INSERT INTO `notes` (`tenant_id`,`id`) VALUES (%s,%s) ON DUPLICATE KEY UPDATE `tenant_id`=`notes`.`tenant_id`;
-- ["t", "n"]

-- # upsert that changes nothing
INSERT INTO `notes` (`tenant_id`,`id`,`body`,`created_at`) VALUES (%s,%s,%s,%s) ON DUPLICATE KEY UPDATE `tenant_id`=`notes`.`tenant_id`;
-- ["t", "n", "b", "2026-01-31T10:00:00.000Z"]

-- # upsert that adds
INSERT INTO `notes` (`tenant_id`,`id`,`body`) VALUES (%s,%s,%s) ON DUPLICATE KEY UPDATE `body`=`body`+VALUES(`body`);
-- ["t", "n", 1]

-- # insert if exists
INSERT INTO `tags` (`tenant_id`,`id`,`seen`,`expires_at_ts`) SELECT %s,%s,%s,%s FROM `notes` WHERE `tenant_id`=%s AND `id`=%s;
-- ["t", "n", 1, 2, "t", "n"]

-- # insert if a row of the same table exists
INSERT INTO `notes` (`tenant_id`,`id`,`body`,`created_at`) SELECT %s,%s,%s,%s FROM `notes` `source` WHERE `source`.`id`=%s ON DUPLICATE KEY UPDATE `tenant_id`=`notes`.`tenant_id`;
-- ["t", "n", "b", "2026-01-31T10:00:00.000Z", "m"]

-- # upsert if exists
INSERT INTO `tags` (`tenant_id`,`id`,`seen`) SELECT %s,%s,%s FROM `notes` WHERE `tenant_id`=%s AND `id`=%s ON DUPLICATE KEY UPDATE `seen`=VALUES(`seen`);
-- ["t", "n", 1, "t", "n"]

-- # lock
SELECT `tenant_id` FROM `tags` WHERE `tenant_id`=%s AND `id`=%s FOR UPDATE;
-- ["t", "n"]

-- # swap
SELECT `body` FROM `notes` WHERE `tenant_id`=%s AND `id`=%s;
-- ["t", "n"]
UPDATE `notes` SET `body`=%s WHERE `tenant_id`=%s AND `id`=%s AND `body`=%s;
-- ["B", "t", "n", "b"]

-- # revision
SELECT `body`,`created_at` FROM `notes` WHERE `tenant_id`=%s AND `id`=%s;
-- ["t", "n"]
UPDATE `notes` SET `body`=%s WHERE `tenant_id`=%s AND `id`=%s AND `body`=%s AND `created_at` IS NULL;
-- ["x", "t", "n", "b"]

-- # swap in a transaction
SELECT `body` FROM `notes` WHERE `tenant_id`=%s AND `id`=%s FOR UPDATE;
-- ["t", "n"]
UPDATE `notes` SET `body`=%s WHERE `tenant_id`=%s AND `id`=%s AND `body`=%s;
-- ["B", "t", "n", "b"]

-- # swap of nothing
SELECT `body` FROM `notes` WHERE `tenant_id`=%s AND `id`=%s;
-- ["t", "n"]
UPDATE `notes` SET `body`=%s WHERE `tenant_id`=%s AND `id`=%s AND `body` IS NULL;
-- ["B", "t", "n"]

-- # page
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=%s ORDER BY `tags`.`seen` DESC,`notes`.`id` DESC LIMIT %s OFFSET %s;
-- ["t", 2, 2]

-- # page with totals, empty
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen`,(SELECT COUNT(*) FROM `notes` WHERE `tenant_id`=%s) `total_count` FROM `notes` FORCE INDEX (`notes_created_at`) LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=%s ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT %s OFFSET %s;
-- ["t", "t", 2, 2]
SELECT COUNT(*) FROM `notes` WHERE `tenant_id`=%s;
-- ["t"]

-- # walk from the start
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` FORCE INDEX (`notes_created_at`) LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=%s ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT %s;
-- ["t", 3]

-- # walk on, descending
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` FORCE INDEX (`notes_created_at`) LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=%s AND (`notes`.`created_at` <= %s AND (`notes`.`created_at` < %s OR `notes`.`id` < %s)) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT %s;
-- ["t", "2026-01-31T10:00:00.000Z", "2026-01-31T10:00:00.000Z", "n", 3]
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` FORCE INDEX (`notes_created_at`) LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=%s AND `notes`.`created_at` IS NULL ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT %s;
-- ["t", 3]

-- # walk on, ascending
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` FORCE INDEX (`notes_created_at`) LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=%s AND (`notes`.`created_at` >= %s AND (`notes`.`created_at` > %s OR `notes`.`id` > %s)) ORDER BY `notes`.`created_at` ASC,`notes`.`id` ASC LIMIT %s;
-- ["t", "2026-01-31T10:00:00.000Z", "2026-01-31T10:00:00.000Z", "n", 3]

-- # walk on at NULL, descending
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` FORCE INDEX (`notes_created_at`) LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=%s AND `notes`.`created_at` IS NULL AND `notes`.`id`<%s ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT %s;
-- ["t", "n", 3]

-- # walk on at NULL, ascending
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` FORCE INDEX (`notes_created_at`) LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=%s AND `notes`.`created_at` IS NULL AND `notes`.`id`>%s ORDER BY `notes`.`created_at` ASC,`notes`.`id` ASC LIMIT %s;
-- ["t", "n", 3]
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` FORCE INDEX (`notes_created_at`) LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=%s AND `notes`.`created_at` IS NOT NULL ORDER BY `notes`.`created_at` ASC,`notes`.`id` ASC LIMIT %s;
-- ["t", 3]

-- # filter: equal, and absent
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM (SELECT `id`,`body`,`created_at`,`tenant_id` FROM `notes` WHERE `tenant_id`=%s AND (`id`=%s AND (`body` IS NULL OR NOT (`body`=%s))) ORDER BY `created_at` DESC,`id` DESC LIMIT %s OFFSET %s) `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC;
-- ["t", "n", "x", 2, 2]

-- # filter: one of two, each by its index
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM (SELECT `id`,`body`,`created_at`,`tenant_id` FROM `notes` WHERE `tenant_id`=%s AND (`body`=%s OR `id`=%s) ORDER BY `created_at` DESC,`id` DESC LIMIT %s) `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC;
-- ["t", "b", "n", 3]

-- # filter: comparisons
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` FORCE INDEX (`notes_created_at`) LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=%s AND (((`tags`.`seen` > %s) AND (`tags`.`seen` >= %s AND `tags`.`seen` < %s)) AND ((`tags`.`seen` IS NULL OR NOT ((`tags`.`seen` <= %s))) AND (`notes`.`created_at` >= %s AND `notes`.`created_at` <= %s))) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT %s OFFSET %s;
-- ["t", 1, 2, 3, 4, "2026-01-31T00:00:00.000Z", "2026-01-31T23:59:59.999Z", 2, 2]

-- # filter: is there, or not
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` FORCE INDEX (`notes_created_at`) LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=%s AND ((`notes`.`body` IS NOT NULL) OR (`tags`.`seen` IS NULL)) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT %s OFFSET %s;
-- ["t", 2, 2]

-- # filter: parts
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` FORCE INDEX (`notes_created_at`) LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=%s AND ((`notes`.`body` REGEXP %s AND `notes`.`body` REGEXP %s) AND (`notes`.`body` REGEXP %s AND (NOT COALESCE(`notes`.`body` REGEXP %s,%s)))) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT %s OFFSET %s;
-- ["t", "(?-i)[\u00c9\u00e9][aA]", "(?-i)\\A[aA][\u00e9\u00c9]", "(?-i)[Ee][\u00c9\u00e9]\\z", "(?-i)[bB]", false, 2, 2]

-- # filter: free text
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` FORCE INDEX (`notes_created_at`) LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=%s AND ((`notes`.`body` REGEXP %s OR `notes`.`id`=%s) AND ((NOT COALESCE(`notes`.`body` REGEXP %s,%s)) AND (NOT (`notes`.`id`=%s)))) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT %s OFFSET %s;
-- ["t", "(?-i)[aA]", "a", "(?-i)[bB]", false, "b", 2, 2]

-- # filter: a walk
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` FORCE INDEX (`notes_created_at`) LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=%s AND `tags`.`seen`=%s ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT %s;
-- ["t", 1, 3]

-- # filter: totals over the side table
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen`,(SELECT COUNT(*) FROM `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=%s AND (`tags`.`seen`=%s OR `notes`.`body`=%s)) `total_count` FROM `notes` FORCE INDEX (`notes_created_at`) LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=%s AND (`tags`.`seen`=%s OR `notes`.`body`=%s) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT %s OFFSET %s;
-- ["t", 1, "b", "t", 1, "b", 2, 2]
SELECT COUNT(*) FROM `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE `notes`.`tenant_id`=%s AND (`tags`.`seen`=%s OR `notes`.`body`=%s);
-- ["t", 1, "b"]

-- # filter: totals
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen`,(SELECT COUNT(*) FROM `notes` WHERE `tenant_id`=%s AND `body`=%s) `total_count` FROM (SELECT `id`,`body`,`created_at`,`tenant_id` FROM `notes` WHERE `tenant_id`=%s AND `body`=%s ORDER BY `created_at` DESC,`id` DESC LIMIT %s OFFSET %s) `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC;
-- ["t", "b", "t", "b", 2, 2]
SELECT COUNT(*) FROM `notes` WHERE `tenant_id`=%s AND `body`=%s;
-- ["t", "b"]
