import { access, constants, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { m } from "@culprit/messages";
import { bytes } from "../format/quantity.ts";
import { ok, type Check, type Finding } from "./finding.ts";

const problemBytes = 256 * 1024 * 1024;
const warningBytes = 2 * 1024 * 1024 * 1024;

/** Folder of the hub, and of the agent beside it: theirs to write, with room. */
export const dataDir: Check = {
  name: "data-dir",
  async look({ dataDir }) {
    const found = await stat(dataDir).catch(() => null);
    if (!found) {
      const parent = dirname(dataDir);
      if (await writable(parent)) return [ok(m.doctor_data_absent({ dataDir }))];
      return [
        { level: "problem", text: m.doctor_data_parent({ dataDir, parent }), fix: m.doctor_data_fix() },
      ];
    }
    if (!found.isDirectory()) {
      return [{ level: "problem", text: m.doctor_data_no_folder({ dataDir }), fix: m.doctor_data_fix() }];
    }
    if (!(await writable(dataDir))) {
      return [{ level: "problem", text: m.doctor_data_read_only({ dataDir }), fix: m.doctor_data_fix() }];
    }
    const { bavail, bsize } = await statfs(dataDir);
    return [ok(m.doctor_data_ok({ dataDir })), spaceFinding(dataDir, bavail * bsize)];
  },
};

async function writable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}

export function spaceFinding(dataDir: string, freeBytes: number): Finding {
  const free = bytes(freeBytes);
  if (freeBytes > warningBytes) return ok(m.doctor_space_ok({ free }));
  return {
    level: freeBytes <= problemBytes ? "problem" : "warning",
    text: m.doctor_space_little({ dataDir, free }),
    meaning: m.doctor_space_meaning(),
    fix: m.doctor_space_fix(),
  };
}
