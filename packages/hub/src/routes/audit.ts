import { auditEntry, list } from "@culprit/protocol";
import { auditQuery, listAudit } from "../audit/list.ts";
import type { Routes } from "./policy.ts";

export const audit: Routes = async (app, { hub }) => {
  app.get(
    "/audit",
    {
      config: { policy: "admin" },
      schema: {
        summary: "Who did what, newest first",
        description: "The last 30 days unless `from` says otherwise. Entries are kept as long as executions.",
        tags: ["access"],
        querystring: auditQuery,
        response: { 200: list(auditEntry) },
      },
    },
    (request) => listAudit(hub, request.query),
  );
};
