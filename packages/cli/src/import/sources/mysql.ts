/** The original execution log, or any table of runs, in MySQL or MariaDB: a dump of it or the live table. */
import type { SourceKind } from "../kind.ts";
import { openDump } from "../mysql/dump.ts";
import { openLive } from "../mysql/live.ts";

export const mysql: SourceKind = {
  name: "mysql",
  place: "<dump|mysql://user@host/database>",
  description: "a table of MySQL or MariaDB: a dump (plain or gzip), or live",
  // The original takes a run without a kind for one of cron.
  usualKind: "cron",
  configure: (command) =>
    command
      .option("--table <name>", "that holds the runs (default: the one whose columns look like it)")
      .option(
        "--join <list>",
        "names for numbers: process=processes.id:name,machine=machines.id:name (default: by foreign keys)",
      ),
  open: (place, options, terminal) =>
    /^(mysql|mariadb):[/][/]/.test(place)
      ? openLive(place, options, terminal)
      : openDump(place, terminal.folder, options),
};
