/** The vendors' real clients, with nothing changed but the address. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { checkinsHub, type CheckinsUnderTest } from "../test/checkins-under-test.ts";

const run = promisify(execFile);
let hub: Awaited<ReturnType<typeof checkinsHub>>;
let address: string;
let tested: CheckinsUnderTest;

beforeAll(async () => {
  hub = await checkinsHub();
  address = await hub.app.listen({ host: "127.0.0.1", port: 0 });
});
beforeEach(async () => {
  tested = await hub.next();
});
afterAll(() => hub.close());

/** A shell line as the vendors' documents print it; fails as the line does. */
const shell = async (line: string, environment: Record<string, string>): Promise<string> =>
  (await run("sh", ["-ec", line], { env: { PATH: process.env["PATH"]!, ...environment } })).stdout;

test("healthchecks: the documented lines of curl, start, exit status and output", async () => {
  const { token } = await tested.make();
  const url = `${address}/checkin/healthchecks/ping/${token}`;
  await shell("curl -fsS -m 10 --retry 5 -o /dev/null $URL/start", { URL: url });
  tested.at(5);
  await shell(
    'm=$(sh -c "echo out; exit 4" 2>&1) || s=$?; curl -fsS -m 10 --retry 5 --data-raw "$m" $URL/$s',
    {
      URL: url,
    },
  );
  expect(await tested.runs()).toEqual(["backup failed 0 5 exit 4"]);
  expect(await tested.output((await tested.executions())[0]!.id)).toBe("out");
  expect(await shell("curl -sI $URL", { URL: url })).toMatch(
    /^HTTP\/1\.1 200 OK\r\n[^]*content-length: 2\r\n/,
  );
  const missing = shell("curl -fsS -m 10 -o /dev/null $URL", { URL: url.replace(/..$/, "zz") });
  await expect(missing).rejects.toThrow("error: 400");
});

test("healthchecks: run ids keep overlapping scripts apart", async () => {
  const { token } = await tested.make();
  const job =
    'RID=$(cat /proc/sys/kernel/random/uuid); curl -fsS "$URL/start?rid=$RID"; curl -fsS "$URL?rid=$RID"';
  const both = [1, 2].map(() => shell(job, { URL: `${address}/checkin/healthchecks/ping/${token}` }));
  expect(await Promise.all(both)).toEqual(["OKOK", "OKOK"]);
  expect(await tested.runs()).toEqual(["backup ok 0 0", "backup ok 0 0"]);
});

test("cronitor and Dead Man's Snitch: curl as their pages show it", async () => {
  const { token } = await tested.make();
  const key = tested.machine.token;
  await shell('curl "$URL/nightly-job?state=run"', { URL: `${address}/checkin/cronitor/p/${key}` });
  tested.at(9);
  await shell('curl "$URL/nightly-job?state=complete"', { URL: `${address}/checkin/cronitor/p/${key}` });
  const snitch = { URL: `${address}/checkin/snitch/${token}` };
  expect(await shell('curl -d "m=just checking in" "$URL?s=1"', snitch)).toBe("Got it, thanks!");
  expect(await tested.runs()).toEqual(["nightly-job ok 0 9", "backup failed 9 ? exit 1"]);
});

test("sentry: curl with JSON as its page shows it", async () => {
  const cron = `${address}/checkin/sentry/api/1/cron/nightly/${tested.machine.token}/`;
  const body =
    '{"monitor_config":{"schedule":{"type":"crontab","value":"0 * * * *"}},"status":"in_progress"}';
  const line = `curl -fsS -X POST "$CRON" --header 'Content-Type: application/json' --data-raw '${body}'`;
  await shell(`${line} -o /dev/null -w '%{http_code}'`, { CRON: cron }).then((code) =>
    expect(code).toBe("202"),
  );
  tested.at(3);
  await shell('curl -fsS "$CRON?status=ok"', { CRON: cron });
  expect(await tested.runs()).toEqual(["nightly ok 0 3"]);
});

test("the example's lines do what it says", async () => {
  const { token } = await tested.make();
  const example = join(import.meta.dirname, "../../../../examples/check-ins.sh");
  const environment = { PATH: process.env["PATH"]!, HUB: address, KEY: tested.machine.token, TOKEN: token };
  await run("sh", [example], { env: environment });
  expect((await tested.runs()).toSorted()).toEqual([
    "backup ok 0 0 exit 0",
    "backup ok 0 ? exit 0",
    "cleanup ok 0 0",
    "nightly-job failed 0 0 exit 2",
    "report ok 0 0",
  ]);
});

test("sentry: the SDK for Node.js checks in, by hand and around a function, and brings its schedule", async () => {
  const program = join(import.meta.dirname, "../test/sentry-client.mjs");
  const dsn = `${address.replace("://", `://${tested.machine.token}@`)}/checkin/sentry/7`;
  const job = async (...part: string[]) =>
    (await run(process.execPath, [program, ...part], { env: { SENTRY_DSN: dsn } })).stdout.trim();
  const checkInId = await job("start");
  tested.at(8);
  await job("end", checkInId);
  await job("around");
  const [around, ...others] = (await tested.runs()).toSorted();
  // It sends start and end at once: whichever comes first, the run is as long as the SDK says.
  expect(around).toMatch(/^around ok (8|7\.9\d*) 0(\.0\d*)?$/);
  expect(others).toEqual(["by-hand failed 0 8"]);
  const byHand = (await tested.executions()).find(({ process }) => process === "by-hand")!;
  expect(byHand.id).toMatch(new RegExp(`^checkin-\\d+-${checkInId}$`));
  expect(byHand.attributes).toEqual({ checkin: "sentry", environment: "staging", release: "1.2.3" });
  const expected = { cron: "30 2 * * *", timeZone: "Europe/Berlin", graceSeconds: 120, maxSeconds: 900 };
  const own = (await tested.hub.supervision.all()).filter(
    ({ machineId }) => machineId === tested.machine.machineId,
  );
  expect(own).toMatchObject([
    { ...expected, source: "check-in" },
    { ...expected, source: "check-in" },
  ]);
});
