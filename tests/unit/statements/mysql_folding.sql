-- # get
SELECT `id`,`body`,`created_at` FROM `notes` WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`id` = %s AND CAST(`id` AS BINARY) = CAST(%s AS BINARY));
-- ["t", "t", "n", "n"]

-- # get of one row or others
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE (`notes`.`tenant_id` = %s AND CAST(`notes`.`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`notes`.`id` = %s AND CAST(`notes`.`id` AS BINARY) = CAST(%s AS BINARY)) UNION ALL SELECT `id`,`body`,`created_at`,null FROM `notes` WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`body` = %s AND CAST(`body` AS BINARY) = CAST(%s AS BINARY));
-- ["t", "t", "n", "n", "t", "t", "b", "b"]

-- # get with the side table
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE (`notes`.`tenant_id` = %s AND CAST(`notes`.`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`notes`.`id` = %s AND CAST(`notes`.`id` AS BINARY) = CAST(%s AS BINARY));
-- ["t", "t", "n", "n"]

-- # all in order, limited
SELECT `id`,`body`,`created_at` FROM `notes` FORCE INDEX (`notes_created_at`) WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) ORDER BY `created_at` DESC,`id` ASC LIMIT %s;
-- ["t", "t", 3]

-- # operators
SELECT `id`,`body`,`created_at` FROM `notes` WHERE `id`<>%s AND `created_at`>%s AND `created_at`<=%s AND `body` IS NULL;
-- ["n", "2026-01-31T10:00:00.000Z", "2026-01-31T10:00:00.000Z"]

-- # null or later
SELECT `id`,`body`,`created_at` FROM `notes` WHERE (`created_at` IS NULL OR `created_at`>%s) AND `body` IS NOT NULL;
-- ["2026-01-31T10:00:00.000Z"]

-- # in a list of three
SELECT `id`,`body`,`created_at` FROM `notes` WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`id` IN (%s, %s, %s, %s) AND CAST(`id` AS BINARY) IN (CAST(%s AS BINARY), CAST(%s AS BINARY), CAST(%s AS BINARY), CAST(%s AS BINARY)));
-- ["t", "t", "a", "b", "c", "c", "a", "b", "c", "c"]

-- # insert
INSERT INTO `notes` (`tenant_id`,`id`,`body`,`created_at`) VALUES (%s,%s,%s,%s);
-- ["t", "n", "b", "2026-01-31T10:00:00.000Z"]

-- # update
UPDATE `notes` SET `body`=%s,`created_at`=%s WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`id` = %s AND CAST(`id` AS BINARY) = CAST(%s AS BINARY));
-- ["x", null, "t", "t", "n", "n"]

-- # update of the row that another row names
UPDATE `notes` SET `body`=%s WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND `id`=(SELECT `id` FROM `tags` WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`id` = %s AND CAST(`id` AS BINARY) = CAST(%s AS BINARY)) AND `seen`=%s);
-- ["x", "t", "t", "t", "t", "n", "n", 1]

-- # update and delete by an index
UPDATE `notes` SET `created_at`=%s WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`body` = %s AND CAST(`body` AS BINARY) = CAST(%s AS BINARY));
-- [null, "t", "t", "b", "b"]
DELETE `notes` FROM `notes` WHERE (`notes`.`tenant_id` = %s AND CAST(`notes`.`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`notes`.`body` = %s AND CAST(`notes`.`body` AS BINARY) = CAST(%s AS BINARY));
-- ["t", "t", "b", "b"]

-- # update if another row exists
UPDATE `notes` SET `body`=%s WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`id` = %s AND CAST(`id` AS BINARY) = CAST(%s AS BINARY)) AND EXISTS (SELECT `id` FROM `tags` WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`id` = %s AND CAST(`id` AS BINARY) = CAST(%s AS BINARY)) AND `seen`>%s);
-- ["x", "t", "t", "n", "n", "t", "t", "n", "n", 1]

-- # update if the row that belongs to it exists
UPDATE `notes` SET `body`=%s WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`id` = %s AND CAST(`id` AS BINARY) = CAST(%s AS BINARY)) AND EXISTS (SELECT `id` FROM `tags` WHERE `seen`>%s AND `tags`.`tenant_id` = `notes`.`tenant_id` AND `tags`.`id` = `notes`.`id`);
-- ["x", "t", "t", "n", "n", 1]

-- # delete
DELETE `notes` FROM `notes` WHERE (`notes`.`tenant_id` = %s AND CAST(`notes`.`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`notes`.`id` = %s AND CAST(`notes`.`id` AS BINARY) = CAST(%s AS BINARY));
-- ["t", "t", "n", "n"]

-- # delete of pairs
DELETE `notes` FROM `notes` FORCE INDEX (`PRIMARY`) WHERE ((`notes`.`tenant_id` = %s AND `notes`.`id` = %s AND CAST(`notes`.`tenant_id` AS BINARY) = CAST(%s AS BINARY) AND CAST(`notes`.`id` AS BINARY) = CAST(%s AS BINARY)) OR (`notes`.`tenant_id` = %s AND `notes`.`id` = %s AND CAST(`notes`.`tenant_id` AS BINARY) = CAST(%s AS BINARY) AND CAST(`notes`.`id` AS BINARY) = CAST(%s AS BINARY)));
-- ["t", "a", "t", "a", "u", "b", "u", "b"]

-- # delete of the rows that others name
DELETE `tags` FROM `tags` WHERE (`tags`.`tenant_id` = %s AND CAST(`tags`.`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND `tags`.`id` IN (SELECT `id` FROM `notes` WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`body` = %s AND CAST(`body` AS BINARY) = CAST(%s AS BINARY)));
-- ["t", "t", "t", "t", "b", "b"]

-- # delete in batches
SELECT MAX(`entries`.`created_at`),COUNT(*) FROM (SELECT `created_at` FROM `notes` FORCE INDEX (`notes_created_at`) WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND `created_at`<%s ORDER BY `created_at` LIMIT %s) `entries`;
-- ["t", "t", "2026-01-31T10:00:00.000Z", 100]
DELETE FROM `notes` WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND `created_at`<=%s LIMIT %s;
-- ["t", "t", "2025-01-01T00:00:00.000Z", 125]
SELECT MAX(`entries`.`created_at`),COUNT(*) FROM (SELECT `created_at` FROM `notes` FORCE INDEX (`notes_created_at`) WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND `created_at`>%s AND `created_at`<%s ORDER BY `created_at` LIMIT %s) `entries`;
-- ["t", "t", "2025-01-01T00:00:00.000Z", "2026-01-31T10:00:00.000Z", 200]
DELETE FROM `notes` WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND `created_at`>%s AND `created_at`<=%s LIMIT %s;
-- ["t", "t", "2025-01-01T00:00:00.000Z", "2025-02-01T00:00:00.000Z", 125]

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
INSERT INTO `tags` (`tenant_id`,`id`,`seen`,`expires_at_ts`) SELECT %s,%s,%s,%s FROM `notes` WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`id` = %s AND CAST(`id` AS BINARY) = CAST(%s AS BINARY));
-- ["t", "n", 1, 2, "t", "t", "n", "n"]

-- # insert if a row of the same table exists
INSERT INTO `notes` (`tenant_id`,`id`,`body`,`created_at`) SELECT %s,%s,%s,%s FROM `notes` `source` WHERE (`source`.`id` = %s AND CAST(`source`.`id` AS BINARY) = CAST(%s AS BINARY)) ON DUPLICATE KEY UPDATE `tenant_id`=`notes`.`tenant_id`;
-- ["t", "n", "b", "2026-01-31T10:00:00.000Z", "m", "m"]

-- # upsert if exists
INSERT INTO `tags` (`tenant_id`,`id`,`seen`) SELECT %s,%s,%s FROM `notes` WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`id` = %s AND CAST(`id` AS BINARY) = CAST(%s AS BINARY)) ON DUPLICATE KEY UPDATE `seen`=VALUES(`seen`);
-- ["t", "n", 1, "t", "t", "n", "n"]

-- # lock
SELECT `tenant_id` FROM `tags` WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`id` = %s AND CAST(`id` AS BINARY) = CAST(%s AS BINARY)) FOR UPDATE;
-- ["t", "t", "n", "n"]

-- # swap
SELECT `body` FROM `notes` WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`id` = %s AND CAST(`id` AS BINARY) = CAST(%s AS BINARY));
-- ["t", "t", "n", "n"]
UPDATE `notes` SET `body`=%s WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`id` = %s AND CAST(`id` AS BINARY) = CAST(%s AS BINARY)) AND (`body` = %s AND CAST(`body` AS BINARY) = CAST(%s AS BINARY));
-- ["B", "t", "t", "n", "n", "b", "b"]

-- # revision
SELECT `body`,`created_at` FROM `notes` WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`id` = %s AND CAST(`id` AS BINARY) = CAST(%s AS BINARY));
-- ["t", "t", "n", "n"]
UPDATE `notes` SET `body`=%s WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`id` = %s AND CAST(`id` AS BINARY) = CAST(%s AS BINARY)) AND (`body` = %s AND CAST(`body` AS BINARY) = CAST(%s AS BINARY)) AND `created_at` IS NULL;
-- ["x", "t", "t", "n", "n", "b", "b"]

-- # swap in a transaction
SELECT `body` FROM `notes` WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`id` = %s AND CAST(`id` AS BINARY) = CAST(%s AS BINARY)) FOR UPDATE;
-- ["t", "t", "n", "n"]
UPDATE `notes` SET `body`=%s WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`id` = %s AND CAST(`id` AS BINARY) = CAST(%s AS BINARY)) AND (`body` = %s AND CAST(`body` AS BINARY) = CAST(%s AS BINARY));
-- ["B", "t", "t", "n", "n", "b", "b"]

-- # swap of nothing
SELECT `body` FROM `notes` WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`id` = %s AND CAST(`id` AS BINARY) = CAST(%s AS BINARY));
-- ["t", "t", "n", "n"]
UPDATE `notes` SET `body`=%s WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`id` = %s AND CAST(`id` AS BINARY) = CAST(%s AS BINARY)) AND `body` IS NULL;
-- ["B", "t", "t", "n", "n"]

-- # page
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE (`notes`.`tenant_id` = %s AND CAST(`notes`.`tenant_id` AS BINARY) = CAST(%s AS BINARY)) ORDER BY `tags`.`seen` DESC,`notes`.`id` DESC LIMIT %s OFFSET %s;
-- ["t", "t", 2, 2]

-- # page with totals, empty
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen`,(SELECT COUNT(*) FROM `notes` WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY))) `total_count` FROM `notes` FORCE INDEX (`notes_created_at`) LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE (`notes`.`tenant_id` = %s AND CAST(`notes`.`tenant_id` AS BINARY) = CAST(%s AS BINARY)) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT %s OFFSET %s;
-- ["t", "t", "t", "t", 2, 2]
SELECT COUNT(*) FROM `notes` WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY));
-- ["t", "t"]

-- # walk from the start
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` FORCE INDEX (`notes_created_at`) LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE (`notes`.`tenant_id` = %s AND CAST(`notes`.`tenant_id` AS BINARY) = CAST(%s AS BINARY)) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT %s;
-- ["t", "t", 3]

-- # walk on, descending
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` FORCE INDEX (`notes_created_at`) LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE (`notes`.`tenant_id` = %s AND CAST(`notes`.`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`notes`.`created_at` <= %s AND (`notes`.`created_at` < %s OR `notes`.`id` < %s)) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT %s;
-- ["t", "t", "2026-01-31T10:00:00.000Z", "2026-01-31T10:00:00.000Z", "n", 3]
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` FORCE INDEX (`notes_created_at`) LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE (`notes`.`tenant_id` = %s AND CAST(`notes`.`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND `notes`.`created_at` IS NULL ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT %s;
-- ["t", "t", 3]

-- # walk on, ascending
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` FORCE INDEX (`notes_created_at`) LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE (`notes`.`tenant_id` = %s AND CAST(`notes`.`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`notes`.`created_at` >= %s AND (`notes`.`created_at` > %s OR `notes`.`id` > %s)) ORDER BY `notes`.`created_at` ASC,`notes`.`id` ASC LIMIT %s;
-- ["t", "t", "2026-01-31T10:00:00.000Z", "2026-01-31T10:00:00.000Z", "n", 3]

-- # walk on at NULL, descending
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` FORCE INDEX (`notes_created_at`) LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE (`notes`.`tenant_id` = %s AND CAST(`notes`.`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND `notes`.`created_at` IS NULL AND `notes`.`id`<%s ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT %s;
-- ["t", "t", "n", 3]

-- # walk on at NULL, ascending
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` FORCE INDEX (`notes_created_at`) LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE (`notes`.`tenant_id` = %s AND CAST(`notes`.`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND `notes`.`created_at` IS NULL AND `notes`.`id`>%s ORDER BY `notes`.`created_at` ASC,`notes`.`id` ASC LIMIT %s;
-- ["t", "t", "n", 3]
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` FORCE INDEX (`notes_created_at`) LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE (`notes`.`tenant_id` = %s AND CAST(`notes`.`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND `notes`.`created_at` IS NOT NULL ORDER BY `notes`.`created_at` ASC,`notes`.`id` ASC LIMIT %s;
-- ["t", "t", 3]

-- # filter: equal, and absent
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM (SELECT `id`,`body`,`created_at`,`tenant_id` FROM `notes` WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND ((`id` = %s AND CAST(`id` AS BINARY) = CAST(%s AS BINARY)) AND (`body` IS NULL OR NOT ((`body` = %s AND CAST(`body` AS BINARY) = CAST(%s AS BINARY))))) ORDER BY `created_at` DESC,`id` DESC LIMIT %s OFFSET %s) `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC;
-- ["t", "t", "n", "n", "x", "x", 2, 2]

-- # filter: one of two, each by its index
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM (SELECT `id`,`body`,`created_at`,`tenant_id` FROM `notes` WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND ((`body` = %s AND CAST(`body` AS BINARY) = CAST(%s AS BINARY)) OR (`id` = %s AND CAST(`id` AS BINARY) = CAST(%s AS BINARY))) ORDER BY `created_at` DESC,`id` DESC LIMIT %s) `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC;
-- ["t", "t", "b", "b", "n", "n", 3]

-- # filter: comparisons
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` FORCE INDEX (`notes_created_at`) LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE (`notes`.`tenant_id` = %s AND CAST(`notes`.`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (((`tags`.`seen` > %s) AND (`tags`.`seen` >= %s AND `tags`.`seen` < %s)) AND ((`tags`.`seen` IS NULL OR NOT ((`tags`.`seen` <= %s))) AND (`notes`.`created_at` >= %s AND `notes`.`created_at` <= %s))) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT %s OFFSET %s;
-- ["t", "t", 1, 2, 3, 4, "2026-01-31T00:00:00.000Z", "2026-01-31T23:59:59.999Z", 2, 2]

-- # filter: is there, or not
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` FORCE INDEX (`notes_created_at`) LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE (`notes`.`tenant_id` = %s AND CAST(`notes`.`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND ((`notes`.`body` IS NOT NULL) OR (`tags`.`seen` IS NULL)) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT %s OFFSET %s;
-- ["t", "t", 2, 2]

-- # filter: parts
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` FORCE INDEX (`notes_created_at`) LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE (`notes`.`tenant_id` = %s AND CAST(`notes`.`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND ((`notes`.`body` REGEXP %s AND `notes`.`body` REGEXP %s) AND (`notes`.`body` REGEXP %s AND (NOT COALESCE(`notes`.`body` REGEXP %s,%s)))) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT %s OFFSET %s;
-- ["t", "t", "(?-i)[\u00c9\u00e9][aA]", "(?-i)\\A[aA][\u00e9\u00c9]", "(?-i)[Ee][\u00c9\u00e9]\\z", "(?-i)[bB]", false, 2, 2]

-- # filter: free text
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` FORCE INDEX (`notes_created_at`) LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE (`notes`.`tenant_id` = %s AND CAST(`notes`.`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND ((`notes`.`body` REGEXP %s OR (`notes`.`id` = %s AND CAST(`notes`.`id` AS BINARY) = CAST(%s AS BINARY))) AND ((NOT COALESCE(`notes`.`body` REGEXP %s,%s)) AND (NOT ((`notes`.`id` = %s AND CAST(`notes`.`id` AS BINARY) = CAST(%s AS BINARY)))))) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT %s OFFSET %s;
-- ["t", "t", "(?-i)[aA]", "a", "a", "(?-i)[bB]", false, "b", "b", 2, 2]

-- # filter: a walk
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen` FROM `notes` FORCE INDEX (`notes_created_at`) LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE (`notes`.`tenant_id` = %s AND CAST(`notes`.`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND `tags`.`seen`=%s ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT %s;
-- ["t", "t", 1, 3]

-- # filter: totals over the side table
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen`,(SELECT COUNT(*) FROM `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE (`notes`.`tenant_id` = %s AND CAST(`notes`.`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`tags`.`seen`=%s OR (`notes`.`body` = %s AND CAST(`notes`.`body` AS BINARY) = CAST(%s AS BINARY)))) `total_count` FROM `notes` FORCE INDEX (`notes_created_at`) LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE (`notes`.`tenant_id` = %s AND CAST(`notes`.`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`tags`.`seen`=%s OR (`notes`.`body` = %s AND CAST(`notes`.`body` AS BINARY) = CAST(%s AS BINARY))) ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC LIMIT %s OFFSET %s;
-- ["t", "t", 1, "b", "b", "t", "t", 1, "b", "b", 2, 2]
SELECT COUNT(*) FROM `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` WHERE (`notes`.`tenant_id` = %s AND CAST(`notes`.`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`tags`.`seen`=%s OR (`notes`.`body` = %s AND CAST(`notes`.`body` AS BINARY) = CAST(%s AS BINARY)));
-- ["t", "t", 1, "b", "b"]

-- # filter: totals
SELECT `notes`.`id`,`notes`.`body`,`notes`.`created_at`,`tags`.`seen`,(SELECT COUNT(*) FROM `notes` WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`body` = %s AND CAST(`body` AS BINARY) = CAST(%s AS BINARY))) `total_count` FROM (SELECT `id`,`body`,`created_at`,`tenant_id` FROM `notes` WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`body` = %s AND CAST(`body` AS BINARY) = CAST(%s AS BINARY)) ORDER BY `created_at` DESC,`id` DESC LIMIT %s OFFSET %s) `notes` LEFT JOIN `tags` ON `notes`.`tenant_id`=`tags`.`tenant_id` AND `notes`.`id`=`tags`.`id` ORDER BY `notes`.`created_at` DESC,`notes`.`id` DESC;
-- ["t", "t", "b", "b", "t", "t", "b", "b", 2, 2]
SELECT COUNT(*) FROM `notes` WHERE (`tenant_id` = %s AND CAST(`tenant_id` AS BINARY) = CAST(%s AS BINARY)) AND (`body` = %s AND CAST(`body` AS BINARY) = CAST(%s AS BINARY));
-- ["t", "t", "b", "b"]
