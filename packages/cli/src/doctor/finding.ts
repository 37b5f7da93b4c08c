import type { Surroundings } from "./surroundings.ts";

/** One thing looked at: what was found, what it means if it is not as it should be, and what to do. */
export type Finding = {
  level: "ok" | "warning" | "problem";
  text: string;
  meaning?: string;
  fix?: string;
};

export type Check = {
  name: string;
  look: (surroundings: Surroundings) => Promise<Finding[]>;
};

export const ok = (text: string): Finding => ({ level: "ok", text });
