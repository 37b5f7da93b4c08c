-- A dump of the original execution log, as mysqldump writes it.
/*!40101 SET NAMES utf8mb4 */;
DROP TABLE IF EXISTS `execucao`;
CREATE TABLE `execucao` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `machine_id` int(11) NOT NULL,
  `process_pai` varchar(200) NOT NULL,
  `process_filho` varchar(200) DEFAULT NULL,
  `dhinicio` datetime(4) NOT NULL,
  `dhfim` datetime(4) DEFAULT NULL,
  `tipo` varchar(4) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
LOCK TABLES `execucao` WRITE;
INSERT INTO `execucao` VALUES (1,7,'fechamento','','2026-03-02 01:00:00.0000','2026-03-02 01:12:30.2500','cron'),
(2,7,'fechamento','conciliação','2026-03-02 01:02:00.0000','2026-03-02 01:09:00.0000','cron'),
(3,9,'GET /relatório',NULL,'2026-03-02 09:15:00.1234','2026-03-02 09:15:01.6234','web');
UNLOCK TABLES;
