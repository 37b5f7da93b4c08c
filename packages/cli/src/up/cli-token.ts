/**
 * A token for commands in the data directory (`cli-token`, readable by its owner alone), so that `culprit stats` works
 * beside a hub without further ado. Whoever can read the directory has the store itself.
 */
import { chmod, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { identity, sessionCreated, tokenCreated } from "@culprit/protocol";
import { z } from "zod";
import { clientOf } from "../connection.ts";

/** `ca`: file of the hub's own certificate. */
type Hub = { hub: string; ca?: string };

const kept = z.object({ token: z.string() });

/** Keeps the token that is there if the hub still takes it; else makes one, signed in by a one-time secret. */
export async function keepCliToken(
  dataDir: string,
  hub: Hub,
  oneTimeSecret: () => Promise<string>,
): Promise<void> {
  const file = join(dataDir, "cli-token");
  const connection = { hub: hub.hub, certificates: hub.ca && (await readFile(hub.ca, "utf8")) };
  const token =
    (await tokenThatHolds(file, connection)) ?? (await makeToken(connection, await oneTimeSecret()));
  await writeFile(`${file}.new`, `${JSON.stringify({ ...hub, token })}\n`, { mode: 0o600 });
  await chmod(`${file}.new`, 0o600);
  await rename(`${file}.new`, file);
}

type Connection = Parameters<typeof clientOf>[0];

async function tokenThatHolds(file: string, connection: Connection): Promise<string | null> {
  try {
    const { token } = kept.parse(JSON.parse(await readFile(file, "utf8")));
    await clientOf({ ...connection, token }).get("/session", identity);
    return token;
  } catch {
    return null; // none yet, damaged, or revoked: a new one replaces it
  }
}

async function makeToken(connection: Connection, once: string): Promise<string> {
  const session = await clientOf(connection).post("/session", sessionCreated, { once });
  const client = clientOf({ ...connection, token: session.token });
  const { token } = await client.post("/tokens", tokenCreated, {
    name: "command line on the hub",
    role: "admin",
  });
  await client.request("DELETE", "/session", z.undefined());
  return token;
}
