import type { Terminal } from "../terminal.ts";

export type TestTerminal = Terminal & { output: string[]; errors: string[] };

/** A terminal that remembers what was written, at a fixed time. */
export function testTerminal(change: Partial<Terminal> = {}): TestTerminal {
  const output: string[] = [];
  const errors: string[] = [];
  return {
    output,
    errors,
    out: (text) => void output.push(text),
    error: (text) => void errors.push(text),
    columns: null,
    colours: false,
    interactive: false,
    environment: {},
    folder: import.meta.dirname,
    now: () => Date.UTC(2026, 10, 23, 12) * 1000,
    timeZone: "UTC",
    status: 0,
    ...change,
  };
}
