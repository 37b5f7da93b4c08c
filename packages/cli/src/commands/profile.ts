import { identity, type Identity } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { Command } from "commander";
import { clientOf, findConnection, type ConnectionOptions } from "../connection.ts";
import { UsageError } from "../failures.ts";
import { printable } from "../format/table.ts";
import { hubCommand, showTable } from "../reading.ts";
import { readSettingsFile } from "../settings/file.ts";
import {
  checkProfileName,
  profileNamed,
  profilesFile,
  readProfiles,
  writeProfiles,
} from "../settings/profiles.ts";
import type { Terminal } from "../terminal.ts";

export function profile(terminal: Terminal): Command {
  return new Command("profile")
    .description("several hubs by name, for --profile and CULPRIT_PROFILE")
    .addCommand(add(terminal))
    .addCommand(list(terminal))
    .addCommand(use(terminal))
    .addCommand(remove(terminal));
}

function add(terminal: Terminal): Command {
  return hubCommand(
    "add",
    "keep a hub and its token under a name, or change it; the first becomes the usual one",
  )
    .argument("<name>", "letters, digits, dots, hyphens and underscores")
    .action(async (name: string, options: ConnectionOptions) => {
      checkProfileName(name);
      const { hub, token, ca, certificates } = findConnection(options, terminal);
      if (token === undefined) throw new UsageError(m.profile_add_what());
      const { user, role }: Identity = await clientOf({ hub, token, certificates }).get("/session", identity);
      const profiles = readProfiles(terminal.environment);
      profiles.profiles[name] = { hub, token: token.replaceAll(/\s+/g, ""), ...(ca ? { ca } : {}) };
      profiles.current ??= name;
      writeProfiles(terminal.environment, profiles);
      const file = profilesFile(terminal.environment);
      terminal.out(m.profile_added({ name, hub: printable(hub), user: printable(user), role, file }));
    });
}

function list(terminal: Terminal): Command {
  return new Command("list")
    .description("the profiles, without their tokens")
    .option("--json", "as JSON")
    .action(({ json }: { json?: boolean }) => {
      const { current, profiles } = readProfiles(terminal.environment);
      const rows = Object.entries(profiles).map(([name, { hub, ca }]) => ({
        name,
        hub,
        current: name === current,
        ...(ca === undefined ? {} : { ca }),
      }));
      type Row = (typeof rows)[number];
      if (json) return terminal.out(JSON.stringify({ items: rows }, null, 2));
      if (rows.length === 0) return terminal.out(m.profile_none());
      showTable(
        terminal,
        [
          { title: "", cell: (row: Row) => (row.current ? "*" : "") },
          { title: m.cmd_col_name(), cell: (row) => row.name },
          { title: m.profile_col_hub(), cell: (row) => row.hub, shrinkTo: 20 },
        ],
        rows,
      );
    });
}

function use(terminal: Terminal): Command {
  return new Command("use")
    .description("make a profile the usual one, where neither flag nor variable names a hub")
    .argument("<profile>")
    .action((name: string) => {
      const profiles = readProfiles(terminal.environment);
      const { hub } = profileNamed(profiles, name);
      writeProfiles(terminal.environment, { ...profiles, current: name });
      terminal.out(m.profile_used({ name, hub: printable(hub) }));
      const file = readSettingsFile(terminal, undefined);
      if (typeof file?.values["hub"] === "string")
        terminal.error(m.profile_behind_file({ path: file.path, name }));
    });
}

function remove(terminal: Terminal): Command {
  return new Command("remove")
    .description("forget a profile and its token; the token itself stays valid until it is revoked")
    .argument("<profile>")
    .action((name: string) => {
      const { current, profiles } = readProfiles(terminal.environment);
      profileNamed({ profiles }, name);
      const { [name]: _, ...left } = profiles;
      writeProfiles(terminal.environment, {
        ...(current === undefined || current === name ? {} : { current }),
        profiles: left,
      });
      terminal.out(m.profile_removed({ name }));
    });
}
