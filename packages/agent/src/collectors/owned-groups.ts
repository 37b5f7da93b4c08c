import type { CollectorFactory, Moment, Reading } from "../collector.ts";
import { ContainerNames } from "../container-names.ts";
import type { GroupOwner } from "../control-group-names.ts";
import { readDiskNumbers } from "../disks.ts";
import { findGroupFolders, listOwnedGroups, type GroupFolders, type OwnedGroup } from "../group-tree.ts";
import { readGroupUse, resources, type GroupUse } from "../group-use.ts";
import { counter, gauge } from "../readings.ts";

/** Of each kind; which ones they are changes only when one ends. */
const maxOwners = 100;
/** Groups seldom come, and looking for them walks the whole tree. */
const lookEverySeconds = 60;

/** What units of systemd and containers use: CPU, memory, disk, and how long they waited. */
export const ownedGroups: CollectorFactory = ({ roots, settings }) => {
  const names = new ContainerNames(roots);
  let folders: GroupFolders | null = null;
  let followed: OwnedGroup[] = [];
  let leftOut = 0;
  let lookedAt = -Infinity;
  const stalls = new Map<string, { seconds: number; at: number }>();

  const look = (found: GroupFolders, { monotonicSeconds }: Moment) => {
    const all = listOwnedGroups(found);
    const followedBefore = new Set(followed.map(({ path }) => path));
    // Those that are followed already come first.
    const sorted = all.toSorted(
      (one, other) => Number(followedBefore.has(other.path)) - Number(followedBefore.has(one.path)),
    );
    followed = (["unit", "container"] as const).flatMap((kind) =>
      sorted.filter(({ owner }) => owner.kind === kind).slice(0, maxOwners),
    );
    leftOut = all.length - followed.length;
    lookedAt = monotonicSeconds;
  };

  /** Share of the time since the look before in which some task of the group waited. */
  const pressureOf = (path: string, use: GroupUse, at: number, attributes: Attributes, prefix: string) =>
    resources.flatMap((resource): Reading[] => {
      const seconds = use.stalledSeconds[resource];
      if (seconds === undefined) return [];
      const key = `${path} ${resource}`;
      const before = stalls.get(key);
      stalls.set(key, { seconds, at });
      if (!before || at <= before.at || seconds < before.seconds) return [];
      const share = Math.min(1, (seconds - before.seconds) / (at - before.at));
      return [gauge(`${prefix}.pressure`, "1", share, { ...attributes, resource })];
    });

  return {
    name: "owned-groups",
    everySeconds: Math.max(30, settings.hostSeconds),
    collect(moment) {
      const { monotonicSeconds } = moment;
      folders ??= findGroupFolders(roots);
      if (!folders) return {};
      if (monotonicSeconds - lookedAt >= lookEverySeconds) look(folders, moment);
      const disks = readDiskNumbers(roots);
      const readings: Reading[] = [];
      for (const { path, owner } of followed) {
        const use = readGroupUse(folders, path, (device) => disks.has(device));
        const prefix = owner.kind === "unit" ? "systemd.unit" : "container";
        const attributes = attributesOf(owner, names, monotonicSeconds);
        readings.push(
          ...readingsOf(prefix, use, attributes),
          ...pressureOf(path, use, monotonicSeconds, attributes, prefix),
        );
      }
      for (const [key, { at }] of stalls) if (at < monotonicSeconds) stalls.delete(key);
      if (leftOut > 0) readings.push(gauge("culprit.agent.groups.left_out", "{group}", leftOut));
      return { readings: summedByName(readings) };
    },
  };
};

type Attributes = Record<string, string>;

function attributesOf(owner: GroupOwner, names: ContainerNames, nowSeconds: number): Attributes {
  if (owner.kind === "unit") return { "systemd.unit.name": owner.name };
  const name = names.nameOf(owner.runtime, owner.id, nowSeconds);
  return { "container.name": name, "container.runtime": owner.runtime };
}

function readingsOf(prefix: string, use: GroupUse, attributes: Attributes): Reading[] {
  const readings: Reading[] = [];
  if (use.cpuSeconds !== null) readings.push(counter(`${prefix}.cpu.time`, "s", use.cpuSeconds, attributes));
  if (use.memoryBytes !== null)
    readings.push(gauge(`${prefix}.memory.usage`, "By", use.memoryBytes, attributes));
  if (use.io)
    for (const [direction, bytes] of [
      ["read", use.io.readBytes] as const,
      ["write", use.io.writeBytes] as const,
    ])
      readings.push(
        counter(`${prefix}.disk.io`, "By", bytes, { ...attributes, "disk.io.direction": direction }),
      );
  return readings;
}

/** Two users' services may bear one name, and a point of a series comes once: amounts are added, of shares the largest counts. */
function summedByName(readings: Reading[]): Reading[] {
  const byName = new Map<string, Reading>();
  for (const reading of readings) {
    const key = `${reading.metric} ${JSON.stringify(reading.attributes)}`;
    const other = byName.get(key);
    if (!other) byName.set(key, reading);
    else
      byName.set(key, {
        ...other,
        value: reading.unit === "1" ? Math.max(other.value, reading.value) : other.value + reading.value,
      });
  }
  return [...byName.values()];
}
