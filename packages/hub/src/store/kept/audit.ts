import type { AuditEntry, Micros } from "@culprit/protocol";

/** Who did what to what. `machine`: the name, at that time, of the one that it was about. */
export type AuditRow = {
  entryId: number;
  at: Micros;
  actor: string;
  action: string;
  target: string;
  machine: string | null;
  outcome: AuditEntry["outcome"];
  detail: string;
};

export type AuditStore = {
  add(entry: Omit<AuditRow, "entryId">): Promise<void>;
  /** Those in [from, to), newest first; `before` continues a list. */
  list(
    filter: { from: Micros; to: Micros; actions?: readonly string[]; actor?: string; machine?: string },
    limit: number,
    before?: { at: Micros; entryId: number },
  ): Promise<AuditRow[]>;
};
