/** Dead Man's Snitch: `/<token>` with `s` (exit status, or why it failed) and `m` (message), in the query or a form. */
import { ProblemError } from "@culprit/protocol";
import { exitCodeOf, plainSignal, plainText, textOf, type Vendor } from "./signal.ts";

export const snitch: Vendor = {
  wholeBodies: false,

  read({ path, query, header, body }) {
    const [key, ...more] = path;
    if (!key || more.length > 0) throw new ProblemError("not-found");
    const isForm = header("content-type")?.startsWith("application/x-www-form-urlencoded");
    const form = new URLSearchParams(isForm ? body.toString("utf8") : "");
    const status = query.get("s") ?? form.get("s") ?? "";
    const message = query.get("m") ?? form.get("m") ?? "";
    const exitCode = exitCodeOf(status);
    const failed = status !== "" && exitCode !== 0;
    const reason = failed && exitCode === null ? [status] : [];
    const signal = {
      ...plainSignal,
      outcome: failed ? ("failed" as const) : ("ok" as const),
      exitCode,
      text: textOf([...reason, message].filter(Boolean).join("\n")),
    };
    return {
      key,
      checkIns: [{ slug: null, create: false, host: null, schedule: undefined, signal }],
      ignored: 0,
    };
  },

  accepted: () => plainText(202, "Got it, thanks!"),
  refused: ({ status, code, title, detail }) =>
    plainText(status, code === "not-found" ? "not found" : (detail ?? title)),
};
