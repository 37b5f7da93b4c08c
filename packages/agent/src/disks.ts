/** Which block devices are disks, whose traffic counts once. */
import { readdirSync } from "node:fs";
import { readTextIfPresent } from "./read-text.ts";
import type { Roots } from "./roots.ts";

/** Memory, images and tapes; and what lies on other disks (device mapper, md, bcache), whose traffic would count twice. */
const notADisk = /^(loop|ram|zram|sr|fd|nbd|dm-|md|bcache|nvme\d+c\d+n)\d/;

/** By name: a partition passes, too. */
export const isWholeDisk = (device: string): boolean => !notADisk.test(device);

/** The major:minor of each, as control groups name them. */
export function readDiskNumbers({ sys }: Roots): Set<string> {
  const names = readdirSync(`${sys}/block`).filter(isWholeDisk);
  return new Set(names.flatMap((name) => readTextIfPresent(`${sys}/block/${name}/dev`)?.trim() ?? []));
}
