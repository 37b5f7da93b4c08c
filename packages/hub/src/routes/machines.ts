import {
  list,
  liveStatus,
  machine,
  machineChange,
  machineCreated,
  machineInput,
  machineProbe,
  probeTrial,
  tokenRotated,
  settledConditions,
} from "@culprit/protocol";
import { z } from "zod";
import { callerOn } from "../auth/caller.ts";
import { changeMachine, enrollMachine, removeMachine, settleCondition } from "../fleet/enroll.ts";
import { presentMachines } from "../fleet/present.ts";
import { rotateToken } from "../fleet/token-rotation.ts";
import type { Routes } from "./policy.ts";

const params = z.object({ id: z.string().max(200).meta({ description: "id or name" }) });

export const machines: Routes = async (app, { hub }) => {
  app.get(
    "/machines",
    {
      config: { policy: "viewer" },
      schema: { summary: "All machines", tags: ["machines"], response: { 200: list(machine) } },
    },
    async () => ({ items: await presentMachines(hub, hub.fleet.all()) }),
  );

  app.post(
    "/machines",
    {
      config: { policy: "operator" },
      schema: {
        summary: "Register a machine; its token is shown this once",
        tags: ["machines"],
        body: machineInput,
        response: { 200: machineCreated },
      },
    },
    (request) => enrollMachine(hub, request.body.name, callerOn(request).name),
  );

  app.get(
    "/machines/:id",
    {
      config: { policy: "viewer" },
      schema: { summary: "One machine", tags: ["machines"], params, response: { 200: machine } },
    },
    async (request) => (await presentMachines(hub, [hub.fleet.machine(request.params.id)]))[0]!,
  );

  app.get(
    "/machines/:id/live",
    {
      config: { policy: "viewer" },
      schema: {
        summary: "A machine at this moment, asked of its agent",
        description:
          "Rates and shares are over `spanSeconds`; who asks within the same second gets the same answer. The problem " +
          "`machine-not-connected` names the machine's state, `no-answer` comes after 5 seconds.",
        tags: ["machines"],
        params,
        response: { 200: liveStatus },
      },
    },
    (request) => hub.live.of(hub.fleet.machine(request.params.id)),
  );

  app.post(
    "/machines/:id/probe",
    {
      config: { policy: "operator" },
      schema: {
        summary: "Ask a machine now what it would be asked when nothing is heard of it",
        description:
          "Changes nothing. Without a body the probe that is set is tried. One that answers and is set counts from then " +
          "on: an answer that stays away tells something.",
        tags: ["machines"],
        params,
        body: machineProbe.nullish(),
        response: { 200: probeTrial },
      },
    },
    (request) => {
      const { machineId } = hub.fleet.machine(request.params.id);
      const { probe } = hub.health.watchOf(machineId);
      return hub.healthWatch.try(machineId, request.body ?? probe ?? { kind: "ping" });
    },
  );

  app.post(
    "/machines/:id/token/rotate",
    {
      config: { policy: "operator" },
      schema: {
        summary: "Have a machine's agent replace its token; nothing that it sends is refused meanwhile",
        description:
          "Answers when the old token has ended, after up to a minute. No secret leaves the hub: the agent makes the new token. " +
          "The problem `no-answer` means that it is not known yet: within ten minutes one of the two tokens ends.",
        tags: ["machines"],
        params,
        response: { 200: tokenRotated },
      },
    },
    (request) => rotateToken(hub, request.params.id, callerOn(request).name),
  );

  app.patch(
    "/machines/:id",
    {
      config: { policy: "operator" },
      schema: {
        summary:
          "Change a machine: its name, labels, group, time zone, a pause, and what to probe when it is not heard",
        tags: ["machines"],
        params,
        body: machineChange,
        response: { 200: machine },
      },
    },
    async (request) => {
      const row = await changeMachine(hub, request.params.id, request.body, callerOn(request).name);
      return (await presentMachines(hub, [row]))[0]!;
    },
  );

  app.delete(
    "/machines/:id/conditions/:code",
    {
      config: { policy: "operator" },
      schema: {
        summary: "Say that what is wrong with a machine was seen to",
        description:
          "Of `duplicate-identity` and `hardware-changed`: the next agent that speaks with the machine's token is taken for its own. " +
          "Of `same-computer`: all that are there now are meant to be, e.g. as containers of one host.",
        tags: ["machines"],
        params: params.extend({ code: z.enum(settledConditions) }),
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      const { id, code } = request.params;
      await settleCondition(hub, id, code, callerOn(request).name);
      return reply.code(204).send();
    },
  );

  app.delete(
    "/machines/:id",
    {
      config: { policy: "admin" },
      schema: {
        summary: "Remove a machine and its token; its history stays until its age takes it",
        tags: ["machines"],
        params,
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      await removeMachine(hub, request.params.id, callerOn(request).name);
      return reply.code(204).send();
    },
  );
};
