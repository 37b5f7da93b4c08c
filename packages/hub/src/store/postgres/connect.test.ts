import { expect, test } from "vitest";
import { openStore } from "../open.ts";

test("a PostgreSQL that is not there is named, without its password", async () => {
  const opening = openStore("postgres://culprit:secret@127.0.0.1:1/fleet", { clock: { now: () => 0 } });
  await expect(opening).rejects.toThrow("can't use PostgreSQL at postgres://culprit@127.0.0.1:1/fleet");
});
