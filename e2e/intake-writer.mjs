// Leaves runs in an intake folder at a steady pace, as many recorders at once would: `FOLDER PER_SECOND SECONDS LEDGER`.
import { randomUUID } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const [folder, perSecond, seconds, ledger] = process.argv.slice(2);
const total = Number(perSecond) * Number(seconds);
const begun = performance.now();
for (let written = 0; written < total;) {
  const due = Math.min(total, Math.floor(((performance.now() - begun) / 1000) * Number(perSecond)));
  for (; written < due; written++) {
    const now = Date.now();
    const run = {
      process: `load ${written % 20}`,
      kind: "job",
      startedAt: new Date(now - 1000).toISOString(),
      endedAt: new Date(now).toISOString(),
      exitCode: 0,
      attributes: { ledger: `${ledger}-${written}` },
    };
    const file = openSync(join(folder, `${randomUUID()}.end`), "wx", 0o644);
    writeSync(file, `${JSON.stringify(run)}\n`);
    closeSync(file);
  }
  await sleep(5);
}
