import {
  enrollmentToken,
  enrollmentTokenCreated,
  identity,
  list,
  token as tokenSchema,
  tokenCreated,
  userRoles,
  type EnrollmentToken,
  type Token,
} from "@culprit/protocol";
import { m } from "@culprit/messages";
import { tokenStateNames } from "@culprit/messages/token-states";
import { Command, Option } from "commander";
import { z } from "zod";
import { clientOf, connect, findConnection, type ConnectionOptions } from "../connection.ts";
import { UsageError } from "../failures.ts";
import { printable } from "../format/table.ts";
import { numberOption } from "../numbers.ts";
import { credentialsFile } from "../settings/credentials-file.ts";
import { writePrivately } from "../settings/private-file.ts";
import { hubCommand, read, readingCommand, showTable, timeOf, type ReadingOptions } from "../reading.ts";
import type { Terminal } from "../terminal.ts";
import { lengthOption } from "../time.ts";

export function token(terminal: Terminal): Command {
  return new Command("token")
    .description("make, list and revoke the hub's tokens")
    .addCommand(create(terminal))
    .addCommand(listAll(terminal))
    .addCommand(revoke(terminal))
    .addCommand(save(terminal));
}

type CreateOptions = ReadingOptions & {
  name?: string;
  role: string;
  valid?: string;
  enroll?: boolean;
  uses?: number;
  for?: string;
};

function create(terminal: Terminal): Command {
  return readingCommand("create", "make a token; it is shown this once")
    .option("--name <name>", "what it is for")
    .addOption(new Option("--role <role>", "what it may do").choices(userRoles).default("viewer"))
    .option("--valid <length>", "e.g. 30d (default: until revoked; 1d with --enroll)")
    .option("--enroll", "a token with which agents enrol themselves")
    .addOption(numberOption("--uses <count>", "with --enroll: for so many machines", { from: 1, to: 10_000 }))
    .option(
      "--for <machine>",
      "with --enroll: what enrols goes on as this machine, which was installed again",
    )
    .action((options: CreateOptions) =>
      options.enroll ? createEnrollment(options, terminal) : createToken(options, terminal),
    );
}

async function createToken(options: CreateOptions, terminal: Terminal): Promise<void> {
  const { name, role, valid, uses, for: machine } = options;
  if (name === undefined) throw new UsageError(m.cmd_token_name_missing());
  if (machine !== undefined) throw new UsageError(m.cmd_token_for_only_enroll());
  if (uses !== undefined) throw new UsageError(m.cmd_token_uses_only_enroll());
  const validSeconds = valid === undefined ? undefined : lengthOption("--valid", valid);
  await read(
    options,
    terminal,
    (hub) => hub.post("/tokens", tokenCreated, { name, role, validSeconds }),
    (answer) => {
      terminal.out(answer.token);
      terminal.error(m.cmd_token_once());
    },
  );
}

async function createEnrollment(options: CreateOptions, terminal: Terminal): Promise<void> {
  const { name, uses, valid, for: machine } = options;
  const { hub: address } = findConnection(options, terminal);
  const validSeconds = valid === undefined ? undefined : lengthOption("--valid", valid);
  await read(
    options,
    terminal,
    (hub) => hub.post("/enrollment-tokens", enrollmentTokenCreated, { name, uses, validSeconds, machine }),
    (answer) => {
      terminal.out(answer.token);
      const expires = timeOf(terminal)(answer.expiresAt);
      const facts = { expires, zone: terminal.timeZone, hub: address, token: answer.token };
      terminal.error(
        answer.machine === undefined
          ? m.cmd_token_enroll_how({ ...facts, uses: answer.uses })
          : m.cmd_fleet_token_again_how({ ...facts, machine: printable(answer.machine) }),
      );
    },
  );
}

type ListOptions = ReadingOptions & { enroll?: boolean };

function listAll(terminal: Terminal): Command {
  return readingCommand("list", "the tokens that hold, without their secrets")
    .option("--enroll", "those with which agents enrol themselves, and the machines that came with them")
    .action((options: ListOptions) =>
      options.enroll ? listEnrollment(options, terminal) : listKeys(options, terminal),
    );
}

async function listKeys(options: ListOptions, terminal: Terminal): Promise<void> {
  const time = timeOf(terminal);
  const zone = terminal.timeZone;
  await read(
    options,
    terminal,
    (hub) => hub.get("/tokens", list(tokenSchema)),
    ({ items }) =>
      showTable(
        terminal,
        [
          { title: m.cmd_col_id(), cell: (row: Token) => row.id },
          { title: m.cmd_col_name(), cell: (row) => row.name, shrinkTo: 10 },
          { title: m.cmd_col_role(), cell: (row) => row.role },
          { title: m.cmd_col_machine(), cell: (row) => row.machine ?? "", shrinkTo: 8 },
          { title: m.cmd_col_created({ zone }), cell: (row) => time(row.createdAt) },
          { title: m.cmd_col_expires({ zone }), cell: (row) => time(row.expiresAt) },
          { title: m.cmd_col_used({ zone }), cell: (row) => time(row.lastUsedAt) },
        ],
        items,
      ),
  );
}

async function listEnrollment(options: ListOptions, terminal: Terminal): Promise<void> {
  const time = timeOf(terminal);
  const zone = terminal.timeZone;
  await read(
    options,
    terminal,
    (hub) => hub.get("/enrollment-tokens", list(enrollmentToken)),
    ({ items }) => {
      if (items.length === 0) return terminal.out(m.fleet_no_tokens());
      showTable(
        terminal,
        [
          { title: m.cmd_col_id(), cell: (row: EnrollmentToken) => row.id },
          { title: m.cmd_col_name(), cell: (row) => row.name, shrinkTo: 10 },
          { title: m.cmd_col_state(), cell: (row) => tokenStateNames[row.state]() },
          { title: m.cmd_fleet_col_uses_left(), align: "right", cell: usesText },
          ...(items.some(({ machine }) => machine !== undefined)
            ? [
                {
                  title: m.cmd_fleet_col_goes_on(),
                  cell: (row: EnrollmentToken) => row.machine?.name ?? "",
                  shrinkTo: 8,
                },
              ]
            : []),
          { title: m.cmd_fleet_col_made_by(), cell: (row) => row.createdBy ?? "", shrinkTo: 8 },
          { title: m.cmd_col_expires({ zone }), cell: (row) => time(row.expiresAt) },
          { title: m.cmd_col_used({ zone }), cell: (row) => time(row.lastUsedAt) },
          {
            title: m.cmd_col_machines(),
            cell: (row) => row.machines.map(({ name }) => name).join(", "),
            shrinkTo: 8,
          },
        ],
        items,
      );
    },
  );
}

function usesText({ uses, usesLeft }: EnrollmentToken): string {
  return uses === undefined ? String(usesLeft) : `${usesLeft}/${uses}`;
}

function revoke(terminal: Terminal): Command {
  return hubCommand("revoke", "make tokens invalid at once")
    .argument("<id...>", "ids as `culprit token list` shows them")
    .option("--enroll", "those of `culprit token list --enroll`")
    .action(async (ids: string[], options: ConnectionOptions & { enroll?: boolean }) => {
      const hub = connect(options, terminal);
      const path = options.enroll ? "/enrollment-tokens" : "/tokens";
      for (const id of ids) {
        await hub.request("DELETE", `${path}/${encodeURIComponent(id)}`, z.undefined());
        terminal.out(m.cmd_token_revoked({ id: printable(id) }));
      }
    });
}

function save(terminal: Terminal): Command {
  return hubCommand(
    "save",
    "keep hub and token for this user, so that commands need neither flags nor variables",
  ).action((options: ConnectionOptions) => saveCredentials(options, terminal));
}

async function saveCredentials(options: ConnectionOptions, terminal: Terminal): Promise<void> {
  const connection = findConnection(options, terminal);
  if (connection.token === undefined) throw new UsageError(m.cmd_token_save_what());
  const { user, role } = await clientOf(connection).get("/session", identity);
  const file = credentialsFile(terminal.environment);
  const { hub, ca } = connection;
  const token = connection.token.replaceAll(/\s+/g, "");
  writePrivately(file, `${JSON.stringify({ hub, token, ca }, null, 2)}\n`);
  terminal.out(m.cmd_token_saved({ file, user: printable(user), role }));
}
