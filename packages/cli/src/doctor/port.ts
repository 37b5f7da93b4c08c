import { createServer } from "node:net";
import { m } from "@culprit/messages";
import { codeOf } from "../failures.ts";
import { ok, type Check } from "./finding.ts";

/** Only where no hub answers: then something else may hold its port. */
export const port: Check = {
  name: "port",
  async look({ probe, listen }) {
    if (probe.kind === "hub") return [];
    const code = await bindingFails(listen);
    switch (code) {
      case null:
        return [ok(m.doctor_port_free({ listen }))];
      case "EADDRINUSE":
        return [
          {
            level: "problem",
            text: m.doctor_port_taken({ listen }),
            fix: m.doctor_port_taken_fix({ listen }),
          },
        ];
      case "EACCES":
        return [
          { level: "problem", text: m.doctor_port_forbidden({ listen }), fix: m.doctor_port_forbidden_fix() },
        ];
      default:
        return [
          {
            level: "problem",
            text: m.doctor_port_unusable({ listen, code }),
            fix: m.doctor_port_forbidden_fix(),
          },
        ];
    }
  },
};

/** Null if a server can listen there, else the system's code for why not. */
async function bindingFails(listen: string): Promise<string | null> {
  const separator = listen.lastIndexOf(":");
  const host = listen.slice(0, separator).replaceAll(/^\[|\]$/g, "");
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => resolve(codeOf(error) ?? error.message));
    server.listen(Number(listen.slice(separator + 1)), host, () => server.close(() => resolve(null)));
  });
}
