/** For the test of kill -9: commits batches as fast as it can and says each number once it is acknowledged. */
import { writeSync } from "node:fs";
import { openStore } from "../open.ts";

const [file, first] = process.argv.slice(2);
const clock = { now: () => Date.now() * 1000 };
const store = await openStore(`duckdb:${file}`, { clock });
const machineId = (await store.machines.list())[0]!.machineId;
for (let sequence = Number(first); ; sequence++) {
  const { batches } = await store.intake.commit(
    [
      {
        machineId,
        stream: "stream-one",
        sequence,
        digest: String(sequence),
        dropped: [],
        receivedAt: clock.now(),
        executions: [],
        points: {
          seriesId: Array.from({ length: 200 }, () => sequence),
          at: Array.from({ length: 200 }, (_, index) => index),
          value: Array.from({ length: 200 }, () => 1),
          intervalSeconds: Array.from({ length: 200 }, () => 0),
        },
        osProcesses: null,
        computer: null,
        deadLetters: [],
      },
    ],
    [],
  );
  if (batches[0]!.status !== "stored") throw new Error(`batch ${sequence}: ${batches[0]!.status}`);
  writeSync(1, `${sequence}\n`);
}
