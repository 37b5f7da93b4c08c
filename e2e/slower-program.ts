/** What gives a program a fifth of a core: a quota of the kernel's, or cpulimit where no control group can be made. */
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type Slower = {
  /** What the program is started with. */
  launcher: string[];
  /** For so long it must be measured until each part of that is slower. */
  seconds: number;
  /** Why it is not the kernel's quota; null if it is. */
  instead: string | null;
  remove(): void;
};

const microseconds = { period: 10_000, quota: 2000 };

export function slower(): Slower {
  const refused: string[] = [];
  for (const { root, limits } of hierarchies) {
    const folder = join(root, `culprit-slower-${process.pid}`);
    try {
      if (!existsSync(root)) throw new Error(`there is no ${root}`);
      mkdirSync(folder);
      for (const [file, text] of limits) writeFileSync(join(folder, file), text);
      const launcher = ["/bin/sh", "-c", `echo $$ > ${folder}/cgroup.procs && exec "$@"`, "sh"];
      return { launcher, seconds: 0.2, instead: null, remove: () => rmdirSync(folder) };
    } catch (error) {
      refused.push(String(error));
      if (existsSync(folder)) rmdirSync(folder);
    }
  }
  return {
    launcher: ["/usr/bin/cpulimit", "-q", "-f", "-m", "-l", "20", "--"],
    // It lets a program run for longer, and stops it for longer.
    seconds: 3,
    instead: `cpulimit, for no quota can be set here: ${refused.join("; ")}`,
    remove: () => {},
  };
}

/** Version 1 of control groups, and version 2. */
const hierarchies: { root: string; limits: [file: string, text: string][] }[] = [
  {
    root: "/sys/fs/cgroup/cpu",
    limits: [
      ["cpu.cfs_period_us", String(microseconds.period)],
      ["cpu.cfs_quota_us", String(microseconds.quota)],
    ],
  },
  {
    root: "/sys/fs/cgroup",
    limits: [
      ["../cgroup.subtree_control", "+cpu"],
      ["cpu.max", `${microseconds.quota} ${microseconds.period}`],
    ],
  },
];
