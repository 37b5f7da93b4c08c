/** What a person may do in the live view, by the bytes that a terminal sends for a key. */
export const sortings = ["cpu", "memory", "io", "name"] as const;
export type Sorting = (typeof sortings)[number];

export type Action = "quit" | "suspend" | "pause" | "sort" | "next" | "previous" | "help" | "redraw";

const actions: Record<string, Action> = {
  q: "quit",
  Q: "quit",
  "\u0003": "quit",
  "\u0004": "quit",
  "\u001a": "suspend",
  "\u000c": "redraw",
  p: "pause",
  P: "pause",
  " ": "pause",
  s: "sort",
  S: "sort",
  "?": "help",
  h: "help",
  "\t": "next",
  "\u001b[C": "next",
  "\u001b[B": "next",
  "\u001bOC": "next",
  "\u001bOB": "next",
  "\u001b[Z": "previous",
  "\u001b[D": "previous",
  "\u001b[A": "previous",
  "\u001bOD": "previous",
  "\u001bOA": "previous",
};

/** Escape sequences as a whole, everything else letter by letter; what means nothing is left out. */
export function actionsOf(typed: string): Action[] {
  const keys = typed.match(/\u001b[[O][0-9;]*[A-Za-z~]|[\s\S]/g) ?? [];
  return keys.flatMap((key) => actions[key] ?? []);
}
