import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { agentIdentityText, readAgentIdentity } from "@culprit/protocol";
import { expect, onTestFinished, test } from "vitest";
import { computerIdentity } from "./computer-identity.ts";
import { systemRoots } from "./roots.ts";

async function told(machineId: string, productUuid: string | null) {
  const folder = await mkdtemp(join(tmpdir(), "culprit-identity-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "class/dmi/id"), { recursive: true });
  await writeFile(join(folder, "machine-id"), machineId);
  if (productUuid !== null) await writeFile(join(folder, "class/dmi/id/product_uuid"), productUuid);
  return computerIdentity({ ...systemRoots, etc: folder, sys: folder });
}

const id = "0123456789abcdef0123456789abcdef";

test("the ids of a computer are told as hashes, the same at each start, and each start is told apart", async () => {
  const texts = [await told(`${id}\n`, null), await told(id, "4C4C4544-0042-3510-8056-B7C04F4D3132\n")];
  for (const text of texts) {
    expect(agentIdentityText.parse(text)).toBe(text);
    expect(text).not.toContain(id);
  }
  const [first, second] = texts.map((text) => readAgentIdentity(text)!);
  expect(first!.machineId).toMatch(/^[0-9a-f]{32}$/);
  expect(second!.machineId).toBe(first!.machineId);
  expect(first!.productUuid).toBeNull();
  expect(second!.productUuid).toMatch(/^[0-9a-f]{32}$/);
  expect(second!.instance).not.toBe(first!.instance);
});

test("what is no id tells nothing: of an image made to be copied, of a board without one", async () => {
  const text = await told("uninitialized\n", "00000000-0000-0000-0000-000000000000");
  expect(readAgentIdentity(text)).toMatchObject({ machineId: null, productUuid: null });
  expect(readAgentIdentity(`${text}.more`)).toBeNull();
});
