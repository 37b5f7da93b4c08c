import { expect, test } from "vitest";
import { gunzipSync } from "node:zlib";
import { HubClient, ProblemError, problemCodes, type ProblemCode } from "@culprit/protocol";
import { send, type Patience } from "./send.ts";

type Answer = { code?: ProblemCode; retryAfter?: string; items?: object[]; down?: boolean };

/** A hub that answers from a list, then takes everything; `sizes` are the lengths of the lists that it was sent. */
function hubThat(...answers: Answer[]) {
  const sizes: number[] = [];
  const waits: number[] = [];
  const client = new HubClient({
    hub: "http://hub.example",
    fetch: async (_url, { body }) => {
      const lines = gunzipSync(body as Uint8Array)
        .toString()
        .split("\n");
      sizes.push(lines.length);
      const { code, retryAfter = null, items, down } = answers.shift() ?? {};
      if (down) throw new TypeError("fetch failed");
      const [status, title] = code ? problemCodes[code] : [200, ""];
      const said = code
        ? { type: "about:blank", title, status, code, items }
        : { accepted: lines.length, duplicates: 0 };
      return {
        ok: !code,
        status,
        headers: { get: () => retryAfter },
        text: async () => JSON.stringify(said),
      };
    },
  });
  const patience: Patience = {
    seconds: 100,
    wait: async (seconds) => void waits.push(seconds),
    random: () => 1,
  };
  return { client, sizes, waits, patience };
}

const items = (count: number) =>
  Array.from({ length: count }, (_, line) => ({ line, json: `{"n":${line}}` }));

test("a hub that is busy or away is waited for, as long as it asks", async () => {
  const { client, sizes, waits, patience } = hubThat(
    { code: "overloaded", retryAfter: "7" },
    { down: true },
    { code: "too-many-requests" },
  );
  expect(await send(client, items(3), patience)).toMatchObject({ accepted: 3 });
  expect(sizes).toEqual([3, 3, 3, 3]);
  expect(waits).toEqual([7, 2, 4]);
});

test("patience ends, and then the hub's own words are told", async () => {
  const busy = Array.from({ length: 50 }, (): Answer => ({ code: "store-unavailable", retryAfter: "30" }));
  const { client, waits, patience } = hubThat(...busy);
  await expect(send(client, items(1), patience)).rejects.toThrow(ProblemError);
  expect(waits).toEqual([30, 30, 30, 10]);
});

test("a list that is too long for the hub is sent in halves", async () => {
  const { client, sizes, patience } = hubThat({ code: "too-many-items" }, {}, { code: "too-large" });
  expect(await send(client, items(5), patience)).toMatchObject({ accepted: 5, refused: [] });
  expect(sizes).toEqual([5, 3, 2, 1, 1]);
});

test("what the hub refuses is taken out with its reason, and the rest is stored", async () => {
  const { client, sizes, patience } = hubThat(
    { code: "invalid-request", items: [{ index: 1, path: "/process", detail: "empty name" }] },
    { code: "forbidden", items: [{ index: 0, path: "/machine", detail: "not yours" }] },
  );
  expect(await send(client, items(4), patience)).toEqual({
    accepted: 2,
    duplicates: 0,
    refused: [
      { item: { line: 1, json: '{"n":1}' }, detail: "/process: empty name" },
      { item: { line: 0, json: '{"n":0}' }, detail: "/machine: not yours" },
    ],
  });
  expect(sizes).toEqual([4, 3, 2]);
});

test("a token that is refused ends the import at once", async () => {
  const { client, sizes, patience } = hubThat({ code: "not-signed-in" });
  await expect(send(client, items(2), patience)).rejects.toThrow(ProblemError);
  expect(sizes).toEqual([2]);
});
