import {
  enrollment,
  enrollmentToken,
  enrollmentTokenCreated,
  enrollmentTokenInput,
  installer,
  list,
  machineCreated,
} from "@culprit/protocol";
import { z } from "zod";
import { callerOn } from "../auth/caller.ts";
import { enrollWithToken } from "../fleet/enroll.ts";
import {
  listEnrollmentTokens,
  makeEnrollmentToken,
  revokeEnrollmentToken,
} from "../fleet/enrollment-tokens.ts";
import { hubOrigin } from "../installer/install-script.ts";
import { hubVersion } from "../version.ts";
import type { Routes } from "./policy.ts";

export const enrollments: Routes = async (app, { hub }) => {
  app.get(
    "/enrollment-tokens",
    {
      config: { policy: "operator" },
      schema: {
        summary:
          "Tokens with which agents enrol themselves, without their secrets, and the machines that came with them",
        tags: ["machines"],
        response: { 200: list(enrollmentToken) },
      },
    },
    async () => ({ items: await listEnrollmentTokens(hub) }),
  );

  app.post(
    "/enrollment-tokens",
    {
      config: { policy: "operator" },
      schema: {
        summary: "A token with which agents enrol themselves; it is shown this once",
        tags: ["machines"],
        body: enrollmentTokenInput,
        response: { 200: enrollmentTokenCreated },
      },
    },
    (request) => makeEnrollmentToken(hub, request.body, callerOn(request).name),
  );

  app.delete(
    "/enrollment-tokens/:id",
    {
      config: { policy: "operator" },
      schema: {
        summary: "Revoke an enrolment token; the machines that came with it stay. Again does no harm",
        tags: ["machines"],
        params: z.object({ id: z.string().max(200) }),
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      await revokeEnrollmentToken(hub, request.params.id, callerOn(request).name);
      return reply.code(204).send();
    },
  );

  app.get(
    "/installer",
    {
      config: { policy: "operator" },
      schema: {
        summary: "What machines that enrol are given by this hub, with its checksums",
        description: "The script is at `/install.sh`, the files at `/agent/{version}/{name}`.",
        tags: ["machines"],
        response: { 200: installer },
      },
    },
    async (request) => ({
      hub: hubOrigin(hub.settings, request),
      version: hubVersion,
      files: await hub.agentFiles.list(),
    }),
  );

  app.post(
    "/enrollments",
    {
      config: { policy: "enrolling" },
      schema: {
        summary: "Enrol this machine, with an enrolment token as bearer",
        tags: ["machines"],
        body: enrollment,
        response: { 200: machineCreated },
      },
    },
    (request) => enrollWithToken(hub, callerOn(request).token, request.body),
  );
};
