/** What a machine is given to enrol: the script behind the pasted line, and the agent. The same for everyone, no secrets. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { ProblemError } from "@culprit/protocol";
import { z } from "zod";
import { hubOrigin, installScript } from "../installer/install-script.ts";
import { hubVersion } from "../version.ts";
import type { Routes } from "./policy.ts";

export const installer: Routes = async (app, { hub }) => {
  const hidden = { hide: true } as const;
  app.addHook("onSend", async (_request, reply) => {
    void reply.header("x-content-type-options", "nosniff").header("cache-control", "no-store");
  });

  app.get("/install.sh", { config: { policy: "anyone" }, schema: hidden }, async (request, reply) => {
    const script = await installScript(hubOrigin(hub.settings, request), await hub.agentFiles.list());
    return reply.type("text/x-shellscript; charset=utf-8").send(script);
  });

  app.get(
    "/agent/:version/:file",
    {
      config: { policy: "anyone" },
      schema: { ...hidden, params: z.object({ version: z.string(), file: z.string() }) },
    },
    async (request, reply) => {
      const { version, file } = request.params;
      if (version !== hubVersion)
        throw new ProblemError("not-found", `this hub has the agent of version ${hubVersion}`);
      const path = await hub.agentFiles.path(file);
      if (path === null) throw new ProblemError("not-found", "this hub has no such file of the agent");
      const { size } = await stat(path);
      return reply
        .type("application/octet-stream")
        .header("content-length", size)
        .send(createReadStream(path));
    },
  );
};
