import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadAllowed } from "../control/allowed.ts";
import { peerProbeRequest } from "./peer-probe.ts";

let folder: string;
const server = createServer();
let port: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "culprit-peer-"));
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  ({ port } = server.address() as AddressInfo);
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

const file = () => join(folder, "allowed.yaml");
const look = (args: unknown) =>
  peerProbeRequest(() => loadAllowed(file(), process.getuid!())).prepare(args)?.();

test("a machine looks at another for the hub only where its own file lists it", async () => {
  const wish = { address: "127.0.0.1", probe: { kind: "tcp", port }, timeoutSeconds: 2 };
  await expect(look(wish)).rejects.toMatchObject({ code: "not-allowed" });
  await writeFile(file(), "probes: [192.0.2.0/24]\n", { mode: 0o644 });
  await expect(look(wish)).rejects.toMatchObject({ code: "not-allowed" });
  await writeFile(file(), "probes: [127.0.0.0/8]\n", { mode: 0o644 });
  expect(await look(wish)).toMatchObject({ result: { answered: true } });
});

test("an address is all that it takes, no name and no command", () => {
  const wish = { address: "127.0.0.1", probe: { kind: "ping" }, timeoutSeconds: 2 };
  for (const wrong of [
    { ...wish, address: "localhost" },
    { ...wish, address: "127.0.0.1; reboot" },
    { ...wish, probe: { kind: "command", command: "ls" } },
    { ...wish, timeoutSeconds: 3600 },
    { ...wish, more: 1 },
  ])
    expect(look(wrong)).toBeUndefined();
});
