/** A real MariaDB, its own dump program, and the table that the original execution log keeps. */
import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { processTerminal } from "../../terminal.ts";
import { chooseFields } from "../fields.ts";
import type { ImportOptions } from "../kind.ts";
import type { Cell, Source, SourceRow } from "../row.ts";
import { openDump } from "./dump.ts";
import { openLive } from "./live.ts";

const programs = spawnSync("mariadbd", ["--version"], { env: { PATH: "/usr/sbin:/usr/bin" } }).status === 0;
if (!programs && process.env["CI"]) throw new Error("there is no MariaDB: apt-get install mariadb-server");

const folder = mkdtempSync(join(tmpdir(), "culprit-mariadb-"));
const socket = join(folder, "socket");
let server: ChildProcess;

const options: ImportOptions = { kind: "cron", header: true, encoding: "utf-8" };
const sql = (text: string): string =>
  execFileSync("mariadb", ["--no-defaults", "--default-character-set=utf8mb4", "-u", "root", "-S", socket], {
    input: text,
    encoding: "utf8",
  });
const dump = (...argv: string[]): Buffer =>
  execFileSync("mariadb-dump", ["--no-defaults", "-u", "root", "-S", socket, ...argv], { maxBuffer: 1e8 });

describe.skipIf(!programs)("a table of MariaDB", () => {
  beforeAll(async () => {
    chmodSync(folder, 0o755);
    const user = ["--user", userInfo().username];
    const data = ["--no-defaults", `--datadir=${join(folder, "data")}`];
    execFileSync("mariadb-install-db", [
      ...data,
      ...user,
      "--auth-root-authentication-method=normal",
      "--skip-test-db",
    ]);
    server = spawn(
      "/usr/sbin/mariadbd",
      [
        ...data,
        ...user,
        "--skip-networking",
        `--socket=${socket}`,
        `--pid-file=${join(folder, "pid")}`,
        "--innodb-buffer-pool-size=8M",
      ],
      { stdio: "ignore" },
    );
    while (spawnSync("mariadb-admin", ["--no-defaults", "-u", "root", "-S", socket, "ping"]).status !== 0)
      await new Promise((wait) => setTimeout(wait, 100));
    sql(original);
  }, 60_000);
  afterAll(async () => {
    server.kill("SIGTERM");
    await once(server, "exit");
    rmSync(folder, { recursive: true, force: true });
  });

  test("a dump, plain or packed, and the live table give the same rows", async () => {
    const text = dump("log");
    const live = await rowsOf(
      await openLive(`mysql://root@localhost/log?socket=${socket}`, options, processTerminal()),
    );
    expect(live.rows.slice(0, 3)).toEqual([
      [
        "1",
        "web-1",
        "backup",
        null,
        "2025-10-01 02:00:00.1234",
        "2025-10-01 02:10:00.0000",
        "cron",
        "2025-10-01 05:10:01Z",
      ],
      [
        "2",
        "web-1",
        'it\'s a "job"; \\ ção – 日本',
        "step (1)",
        "2025-10-01 03:00:00.0000",
        "2025-10-01 03:00:01.5000",
        "web",
        "2025-10-01 05:10:01Z",
      ],
      [
        "3",
        "banco-2",
        "backup",
        "line\nbreak\t\u0001",
        "2025-10-01 04:00:00.0000",
        null,
        null,
        "2025-10-01 05:10:01Z",
      ],
    ]);
    expect(live.rows).toHaveLength(3003);
    expect(live.notes.join("\n")).toMatch(/execucao[^]*processo.nome[^]*maquina.hostname/);
    for (const [name, bytes] of [
      ["plain.sql", text],
      ["packed.sql.gz", gzipSync(text)],
      ["one-by-one.sql", dump("--skip-extended-insert", "--complete-insert", "--hex-blob", "log")],
    ] as const) {
      writeFileSync(join(folder, name), bytes);
      expect(await rowsOf(await openDump(name, folder, options))).toEqual(live);
    }
  });

  test("columns are known by the original's names, over its joins", async () => {
    const source = await openLive(`mysql://root@localhost/log?socket=${socket}`, options, processTerminal());
    const { columns } = chooseFields(source.columns, undefined);
    await source.close();
    expect(Object.fromEntries([...columns].map(([field, at]) => [field, source.columns[at]]))).toEqual({
      key: "id",
      machine: "machine_id",
      process: "id_process_pai",
      step: "id_process_filho",
      start: "dhinicio",
      end: "dhfim",
      kind: "tipo",
    });
  });

  test("a dump in latin1 keeps its letters, and a dump without rows is empty", async () => {
    writeFileSync(
      join(folder, "latin1.sql"),
      dump("--default-character-set=latin1", "log", "execucao", "processo", "maquina"),
    );
    const { rows } = await rowsOf(await openDump("latin1.sql", folder, options));
    expect(rows[1]![2]).toContain("ção");
    writeFileSync(join(folder, "no-data.sql"), dump("--no-data", "log"));
    expect((await rowsOf(await openDump("no-data.sql", folder, options))).rows).toEqual([]);
  });

  test("a dump that was cut off gives what is whole, then says so", async () => {
    const text = dump("log", "processo", "maquina", "execucao").toString("latin1");
    const cut = text.slice(0, text.indexOf("(2000,") + 30);
    await expect(openDump("absent.sql", folder, options)).rejects.toThrow("absent.sql");
    writeFileSync(join(folder, "rubbish.sql"), "this is no dump at all");
    await expect(openDump("rubbish.sql", folder, options)).rejects.toThrow(/CREATE TABLE/);
    writeFileSync(join(folder, "cut.sql"), cut, "latin1");
    const source = await openDump("cut.sql", folder, options);
    const rows: SourceRow[] = [];
    for await (const some of source.rows()) rows.push(...some);
    expect(rows.filter((row) => "cells" in row)).toHaveLength(1999);
    expect(rows.at(-1)).toMatchObject({
      fault: { reason: "unreadable", detail: expect.stringMatching(/cut off/) },
    });
  });

  test("what can't be chosen is asked for", async () => {
    const address = `mysql://root@localhost/log?socket=${socket}`;
    const open = (more: Partial<ImportOptions>, where = address) =>
      openLive(where, { ...options, ...more }, processTerminal());
    await expect(open({ table: "absent" })).rejects.toThrow(/execucao/);
    await expect(open({ join: "process=nonsense" })).rejects.toThrow(/nonsense/);
    await expect(open({}, `mysql://root@localhost/mysql?socket=${socket}`)).rejects.toThrow(/--table/);
    await expect(open({}, `mysql://nobody:wrong@localhost/log?socket=${socket}`)).rejects.toThrow(/denied/i);
    await expect(open({}, "mysql://root@localhost/log?socket=/nowhere")).rejects.toThrow(/nowhere|ENOENT/);
  });
});

async function rowsOf(source: Source): Promise<{ rows: (readonly Cell[])[]; notes: readonly string[] }> {
  const rows: (readonly Cell[])[] = [];
  for await (const some of source.rows())
    for (const row of some) {
      if (!("cells" in row)) throw new Error(row.text);
      rows.push(row.cells);
    }
  await source.close();
  return { rows, notes: source.notes };
}

const original = `
set time_zone = '-03:00';
create database log character set utf8mb4; use log;
create table processo (id int primary key auto_increment, nome varchar(200) not null) engine=InnoDB;
create table maquina (machine_id int primary key, senha varchar(64), hostname varchar(200));
create table execucao (
  id bigint primary key auto_increment,
  machine_id int not null,
  id_process_pai int not null,
  id_process_filho int,
  dhinicio datetime(4) not null,
  dhfim datetime(4),
  tipo enum('cron','web'),
  gravado timestamp not null default '2025-10-01 02:10:01',
  constraint pai foreign key (id_process_pai) references processo (id),
  constraint filho foreign key (id_process_filho) references processo (id),
  constraint maquina foreign key (machine_id) references maquina (machine_id));
create table outra (quando datetime, texto text, blob_ blob);
insert into outra values (now(), 'a; b\\'c -- d /* e', x'00ff27');
insert into maquina values (7, 'secret', 'web-1'), (9, 'secret', 'banco-2');
insert into processo values (1, 'backup'), (2, 'it''s a "job"; \\\\ ção – 日本'), (3, 'step (1)'), (4, 'line\\nbreak\\t\\u0001');
update processo set nome = concat('line\\nbreak\\t', char(1)) where id = 4;
insert into execucao (machine_id, id_process_pai, id_process_filho, dhinicio, dhfim, tipo) values
  (7, 1, null, '2025-10-01 02:00:00.1234', '2025-10-01 02:10:00', 'cron'),
  (7, 2, 3, '2025-10-01 03:00:00', '2025-10-01 03:00:01.5', 'web'),
  (9, 1, 4, '2025-10-01 04:00:00', null, null);
insert into execucao (machine_id, id_process_pai, dhinicio, dhfim, tipo)
  select 7, 1, '2025-10-02' + interval seq minute, '2025-10-02' + interval seq minute + interval 5 second, 'cron'
  from seq_1_to_3000;
`;
