/** Fleets as one meets them: nightly cron herds, hourly and more frequent jobs, things people start, and web requests. */
import type { PlannedProcess } from "./plan.ts";
import type { Random } from "./random.ts";
import { day, hour } from "./schedule.ts";

export type Habit = "web" | "herd" | "nightly" | "hourly" | "minutes" | "weekly" | "any-time";

/** Machine by machine in this order, so that every world has some of each. */
const habits: readonly Habit[] = [
  "herd",
  "hourly",
  "nightly",
  "web",
  "hourly",
  "herd",
  "any-time",
  "nightly",
  "minutes",
  "hourly",
  "weekly",
  "herd",
  "nightly",
  "any-time",
  "hourly",
  "nightly",
  "minutes",
];

const names: Record<Habit, readonly string[]> = {
  web: ["GET /search", "POST /orders", "GET /account", "POST /login"],
  herd: ["backup", "logrotate", "vacuum", "certificates", "updates", "reindex", "thumbnails", "sitemap"],
  nightly: ["invoices", "report-daily", "export-ledger", "mirror", "price-import", "dedupe", "scan"],
  hourly: ["sync-orders", "metrics-rollup", "feed-import", "cache-warm", "rates", "mail-digest", "stock"],
  minutes: ["queue-drain", "heartbeat", "mailbox", "session-gc"],
  weekly: ["full-scan", "archive", "statistics", "rotate-keys"],
  "any-time": ["deploy-assets", "adhoc-query", "restore-test", "bulk-upload"],
};

/** Sundays above all, weekends, working days. */
const weekdays = [[6], [6], [5, 6], [0, 1, 2, 3, 4]];

export type FleetShape = {
  processes: number;
  machines: number;
  days: number;
  ownSlowShare: number;
  /** Growth and shrinkage over the months, and deploys that change the work. */
  drifting: boolean;
  /** Some jobs of every night have more to do on Sundays. */
  sundays: boolean;
  /** How strongly a night's volume moves all jobs of the night, 0: not. */
  volume: number;
};

/** Some runs are slow by themselves, processes drift and are deployed, and no day has more work than another. */
export const ordinaryFleet: Omit<FleetShape, "processes" | "machines" | "days"> = {
  ownSlowShare: 0.03,
  drifting: true,
  sundays: false,
  volume: 0,
};

export function makeFleet(random: Random, shape: FleetShape): PlannedProcess[] {
  return Array.from({ length: shape.processes }, (_, number) => {
    const machine = number % shape.machines;
    const habit = habits[Math.floor(number / shape.machines) % habits.length]!;
    return makeProcess(random, shape, habit, machine, number);
  });
}

/** `number` tells its name apart from those of others. */
export function makeProcess(
  random: Random,
  shape: FleetShape,
  habit: Habit,
  machine: number,
  number: number,
): PlannedProcess {
  const drift = shape.drifting ? random.between(-0.3, 0.5) : 0;
  const deployDay = random.between(0.2, 0.8) * shape.days;
  const deployFactor = random.pick([0.6, 0.8, 1.3, 1.7]);
  const isNightly = habit === "herd" || habit === "nightly";
  return {
    name: `${random.pick(names[habit])}-${number}`,
    machine,
    kind: habit === "web" ? "web" : habit === "any-time" ? "job" : "cron",
    ...timesOf(random, habit),
    driftPerDay: drift / 90,
    deploy: shape.drifting && random.chance(0.4) ? { day: deployDay, factor: deployFactor } : null,
    ownSlowShare: shape.ownSlowShare,
    sundayFactor: shape.sundays && isNightly && random.chance(0.5) ? random.between(1.5, 4) : 1,
    volumeLoading: shape.volume * random.between(0.5, 1.5),
  };
}

function timesOf(
  random: Random,
  habit: Habit,
): Pick<PlannedProcess, "schedule" | "medianSeconds" | "spread"> {
  const spread = random.scaleBetween(0.04, 0.2);
  switch (habit) {
    case "web":
      return {
        schedule: { kind: "diurnal", perDay: random.between(60, 150) },
        medianSeconds: random.scaleBetween(0.3, 6),
        spread: random.between(0.2, 0.35),
      };
    case "herd":
      return {
        schedule: { kind: "daily", at: 3 * hour, delay: random.pick([2, 5, 30]), share: 1 },
        medianSeconds: random.scaleBetween(120, 2400),
        spread,
      };
    case "nightly":
      return {
        schedule: {
          kind: "daily",
          at: (23 * hour + random.whole(0, 28) * 900) % day,
          delay: random.pick([5, 60, 600]),
          share: 1,
        },
        medianSeconds: random.scaleBetween(120, 2400),
        spread,
      };
    case "hourly":
      return {
        schedule: {
          kind: "every",
          seconds: hour,
          offset: random.chance(0.4) ? 0 : random.whole(1, 59) * 60,
          delay: random.pick([2, 5, 60]),
        },
        medianSeconds: random.scaleBetween(60, 900),
        spread,
      };
    case "minutes":
      return {
        schedule: {
          kind: "every",
          seconds: random.pick([600, 900, 1200, 1800]),
          offset: random.whole(0, 9) * 60,
          delay: random.pick([1, 5]),
        },
        medianSeconds: random.scaleBetween(10, 150),
        spread,
      };
    case "weekly":
      return {
        schedule: {
          kind: "weekly",
          at: (22 * hour + random.whole(0, 28) * 900) % day,
          delay: random.pick([5, 300]),
          weekdays: random.pick(weekdays),
        },
        medianSeconds: random.scaleBetween(600, 5400),
        spread,
      };
    case "any-time":
      return {
        schedule: { kind: "any-time", perDay: random.scaleBetween(1, 8) },
        medianSeconds: random.scaleBetween(180, 2400),
        spread,
      };
    default:
      return habit satisfies never;
  }
}
