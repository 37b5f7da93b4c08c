/** Hubs that this user works with, by name: `profiles.yaml` beside the credentials, for this user's eyes alone. */
import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { m } from "@culprit/messages";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { Failure, UsageError } from "../failures.ts";
import { credentialsFile } from "./credentials-file.ts";
import { writePrivately } from "./private-file.ts";

const profile = z.strictObject({
  hub: z.url({ protocol: /^https?$/ }),
  token: z.string().min(1).max(200).optional(),
  ca: z.string().max(4096).optional(),
});

export type Profile = z.infer<typeof profile>;

const profileName = z.string().regex(/^[A-Za-z0-9][\w.-]{0,59}$/);

const content = z.strictObject({
  /** Used where none is named. */
  current: profileName.optional(),
  profiles: z.record(profileName, profile).default({}),
});

export type Profiles = z.infer<typeof content>;

export function profilesFile(environment: NodeJS.ProcessEnv): string {
  return join(dirname(credentialsFile(environment)), "profiles.yaml");
}

/** Empty if there is no file. Throws if others may read it, or it is not what it should be. */
export function readProfiles(environment: NodeJS.ProcessEnv): Profiles {
  const path = profilesFile(environment);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) return { profiles: {} };
  if ((stats.mode & 0o077) !== 0) throw new Failure(m.profile_file_open({ path }), `chmod 600 ${path}`);
  try {
    return content.parse(parse(readFileSync(path, "utf8")) ?? {});
  } catch (error) {
    // What stands in the file is not repeated: it holds tokens.
    const where = error instanceof z.ZodError ? (error.issues[0]?.path.join(".") ?? "") : "";
    throw new UsageError(m.profile_file_wrong({ path, where }));
  }
}

export function writeProfiles(environment: NodeJS.ProcessEnv, profiles: Profiles): void {
  writePrivately(profilesFile(environment), stringify(profiles));
}

/** The profile of that name; throws UsageError, naming those that there are. */
export function profileNamed(profiles: Profiles, name: string): Profile {
  const found = Object.hasOwn(profiles.profiles, name) ? profiles.profiles[name] : undefined;
  if (found) return found;
  const names = Object.keys(profiles.profiles).join(", ") || "–";
  throw new UsageError(m.profile_unknown({ name, names }));
}

/** Throws UsageError if it can't be one. */
export function checkProfileName(name: string): void {
  if (!profileName.safeParse(name).success) throw new UsageError(m.profile_bad_name({ name }));
}
