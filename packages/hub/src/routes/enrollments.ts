import { enrollment, enrollmentTokenCreated, enrollmentTokenInput, machineCreated } from "@culprit/protocol";
import { callerOn } from "../auth/caller.ts";
import { enrollWithToken, makeEnrollmentToken } from "../fleet/enroll.ts";
import type { Routes } from "./policy.ts";

export const enrollments: Routes = async (app, { hub }) => {
  app.post(
    "/enrollment-tokens",
    {
      config: { policy: "operator" },
      schema: {
        summary: "A token with which agents enrol themselves",
        tags: ["machines"],
        body: enrollmentTokenInput,
        response: { 200: enrollmentTokenCreated },
      },
    },
    (request) => makeEnrollmentToken(hub, request.body, callerOn(request).name),
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
    (request) => enrollWithToken(hub, callerOn(request).token, request.body.name),
  );
};
