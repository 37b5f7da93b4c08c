import { formatInstant, instant, list, name, userRoles } from "@culprit/protocol";
import { z } from "zod";
import { callerOn } from "../auth/caller.ts";
import { hashPassword } from "../auth/passwords.ts";
import { publicId } from "../public-ids.ts";
import type { Routes } from "./policy.ts";

const user = z
  .object({ id: z.string(), user: name, role: z.enum(userRoles), createdAt: instant })
  .meta({ id: "User" });
const userInput = z.strictObject({
  user: name,
  role: z.enum(userRoles),
  password: z.string().min(8).max(1000),
});

export const users: Routes = async (app, { hub }) => {
  app.get(
    "/users",
    {
      config: { policy: "admin" },
      schema: { summary: "People who may sign in", tags: ["access"], response: { 200: list(user) } },
    },
    async () => ({
      items: (await hub.access.users()).map((row) => ({
        id: publicId("u", row.userId),
        user: row.name,
        role: row.role,
        createdAt: formatInstant(row.createdAt),
      })),
    }),
  );

  app.post(
    "/users",
    {
      config: { policy: "admin" },
      schema: {
        summary: "Add a user, or set role and password of the one with this name",
        tags: ["access"],
        body: userInput,
        response: { 200: user },
      },
    },
    async (request) => {
      const { user: userName, role, password } = request.body;
      const row = await hub.access.putUser(userName, role, await hashPassword(password));
      await hub.access.audit(callerOn(request).name, "user.put", userName, role);
      return {
        id: publicId("u", row.userId),
        user: row.name,
        role: row.role,
        createdAt: formatInstant(row.createdAt),
      };
    },
  );
};
