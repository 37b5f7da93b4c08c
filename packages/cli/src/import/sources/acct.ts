/**
 * Process accounting: such a file holds every process of the machine that ended, so which are of interest has to be said.
 * Starts have whole seconds.
 */
import { readFile } from "node:fs/promises";
import { m } from "@culprit/messages";
import {
  accountingRecordBytes,
  accountingVersion,
  readAccountingRecord,
  type AccountingRecord,
} from "@culprit/protocol";
import { Failure, UsageError } from "../../failures.ts";
import { Input } from "../input.ts";
import type { ImportOptions, SourceKind } from "../kind.ts";
import type { Source, SourceRow } from "../row.ts";

export const acct: SourceKind = {
  name: "acct",
  place: "<file|->",
  description: "process accounting, version 3 (/var/log/account/pacct), of the commands that you name",
  usualKind: "job",
  configure: (command) =>
    command
      .option(
        "--command <list>",
        "names of the commands, e.g. backup.sh,pg_dump (15 characters, as the kernel keeps them)",
      )
      .option("--all", "every process that ever ended")
      .option("--min-seconds <seconds>", "only those that took so long", Number),
  open: (place, options, { folder }) => openAcct(place, folder, options),
};

const commandBytes = 16;
const columns = ["process", "start", "duration", "exitCode", "outcome", "cpuSeconds", "user", "pid", "key"];

async function openAcct(place: string, folder: string, options: ImportOptions): Promise<Source> {
  const wanted = wantedOf(options);
  const input = await Input.open(place, folder);
  refuseOlder(input.head);
  const users = await readUsers();
  const notes: string[] = [];
  return {
    columns,
    notes,
    async *rows() {
      let rest = Buffer.alloc(0);
      let line = 0;
      let left = 0;
      for await (const chunk of input.chunks()) {
        const bytes = Buffer.concat([rest, chunk]);
        const rows: SourceRow[] = [];
        let at = 0;
        for (; at + accountingRecordBytes <= bytes.length; at += accountingRecordBytes) {
          line++;
          const record = readAccountingRecord(bytes.subarray(at, at + accountingRecordBytes));
          if (!record)
            rows.push({
              line,
              fault: { reason: "unreadable" },
              text: bytes.toString("hex", at, at + accountingRecordBytes),
            });
          else if (wanted(record)) rows.push({ line, cells: cellsOf(record, users) });
          else left++;
        }
        rest = bytes.subarray(at);
        yield rows;
      }
      if (rest.length > 0)
        yield [{ line: line + 1, fault: { reason: "unreadable" }, text: rest.toString("hex") }];
      if (left > 0) notes.push(m.import_acct_left({ count: left }));
    },
    share: () => input.share(),
    fingerprint: place === "-" ? null : input.fingerprint,
    close: () => input.close(),
  };
}

function wantedOf({ command, all, minSeconds = 0 }: ImportOptions): (record: AccountingRecord) => boolean {
  if ((command === undefined) === (all !== true)) throw new UsageError(m.import_acct_which());
  if (!(minSeconds >= 0)) throw new UsageError(m.import_acct_seconds());
  const names = command === undefined ? null : new Set(command.split(",").map((name) => cut(name.trim())));
  return (record) => record.seconds >= minSeconds && (names === null || names.has(record.command));
}

const cut = (name: string): string =>
  Buffer.from(name)
    .subarray(0, commandBytes - 1)
    .toString();

/** Records of the versions before have no process ids. */
function refuseOlder(head: Buffer): void {
  const found = accountingVersion(head);
  if (head.length >= accountingRecordBytes && (found === 1 || found === 2))
    throw new Failure(m.import_acct_version({ version: found }));
}

function cellsOf(record: AccountingRecord, users: ReadonlyMap<number, string>): string[] {
  const { command, pid, uid, startSeconds, seconds, cpuSeconds, status } = record;
  const signal = status & 0x7f;
  // As a shell says it.
  const exitCode = signal === 0 ? (status >> 8) & 0xff : 128 + signal;
  return [
    command,
    String(startSeconds),
    String(seconds),
    String(exitCode),
    exitCode === 0 ? "ok" : "failed",
    String(cpuSeconds),
    users.get(uid) ?? String(uid),
    String(pid),
    `${pid} ${startSeconds}`,
  ];
}

/** Of this computer, which usually is the one that wrote the file. */
async function readUsers(): Promise<Map<number, string>> {
  const text = await readFile("/etc/passwd", "utf8").catch(() => "");
  const entries = text.split("\n").map((line) => line.split(":"));
  return new Map(entries.map(([name = "", , uid]): [number, string] => [Number(uid), name]));
}
