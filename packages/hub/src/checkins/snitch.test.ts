import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { checkinsHub, type CheckinsUnderTest } from "../test/checkins-under-test.ts";

let hub: Awaited<ReturnType<typeof checkinsHub>>;
let tested: CheckinsUnderTest;
/** As the vendor makes them, and as scripts have them already. */
let token = "c2354d53d0";

beforeAll(async () => {
  hub = await checkinsHub();
});
beforeEach(async () => {
  tested = await hub.next();
  token = `c2354d53d${tested.name.at(-1)}`;
  await tested.make({ token });
});
afterAll(() => hub.close());

test("a check-in answers Got it, thanks!, by GET, HEAD and POST", async () => {
  expect(await tested.call(`snitch/${token}`)).toMatchObject({ status: 202, text: "Got it, thanks!" });
  expect(await tested.call(`snitch/${token}`, { method: "HEAD" })).toMatchObject({ status: 202 });
  expect(await tested.call(`snitch/${token}`, { method: "POST" })).toMatchObject({ status: 202 });
  expect(await tested.runs()).toEqual(Array.from({ length: 3 }, () => "backup ok 0 ?"));
});

test("a status that is neither nothing nor 0 is a failure, by number or by reason, with its message", async () => {
  await tested.call(`snitch/${token}?s=0&m=Finished%20in%2023.8%20seconds.`);
  tested.at(1);
  await tested.call(`snitch/${token}?s=`);
  tested.at(2);
  await tested.call(`snitch/${token}?s=127`);
  tested.at(3);
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  await tested.call(`snitch/${token}`, { body: "s=no+space&m=of+disk", headers });
  expect(await tested.runs()).toEqual([
    "backup ok 0 ? exit 0",
    "backup ok 1 ?",
    "backup failed 2 ? exit 127",
    "backup failed 3 ?",
  ]);
  const runs = await tested.executions();
  expect(await tested.output(runs[0]!.id)).toBe("Finished in 23.8 seconds.");
  expect(await tested.output(runs[3]!.id)).toBe("no space\nof disk");
});

test("an unknown token is not found, nor is an address that is none", async () => {
  for (const path of ["0000000000", "", `${token}/more`, "x".repeat(150), "a%0Ab"])
    expect(await tested.call(`snitch/${path}`)).toMatchObject({ status: 404 });
});
