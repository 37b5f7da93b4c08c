/**
 * Which hub a command asks, with which token: flags, else --profile, else CULPRIT_HUB and CULPRIT_TOKEN, else
 * CULPRIT_PROFILE, else culprit.yaml, else this user's current profile, else the credentials of this user, else those that
 * a hub left in its data directory. A token found in a file is sent only to the hub that this file names.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { hubConnections } from "@culprit/agent/hub-fetch";
import { HubClient, type HubFetch } from "@culprit/protocol";
import { getLocale } from "@culprit/messages/runtime";
import { m } from "@culprit/messages";
import { parse } from "yaml";
import { z } from "zod";
import { Failure, UsageError } from "./failures.ts";
import { credentialsFile } from "./settings/credentials-file.ts";
import { readSettingsFile } from "./settings/file.ts";
import { localPlaces } from "./settings/local-places.ts";
import { profileNamed, readProfiles } from "./settings/profiles.ts";
import type { Terminal } from "./terminal.ts";

const defaultHub = "http://127.0.0.1:4777";

export type ConnectionOptions = {
  hub?: string;
  token?: string;
  ca?: string;
  config?: string;
  profile?: string;
};

export type Connection = {
  hub: string;
  token?: string | undefined;
  /** File of authorities that are trusted besides the well-known ones, and what it holds (PEM). */
  ca?: string | undefined;
  certificates?: string | undefined;
  /** Where the token was found. */
  origin: string;
};

/** What `culprit hub` and `culprit token save` leave, in YAML or JSON. */
const credentials = z.object({
  hub: z.string().optional(),
  token: z.string().optional(),
  ca: z.string().optional(),
});
/** `said`: by flag or variable, and so for whatever hub is asked. */
type Place = z.infer<typeof credentials> & { origin: string; said?: boolean };

export function findConnection(options: ConnectionOptions, terminal: Terminal): Connection {
  const { environment } = terminal;
  const file = readSettingsFile(terminal, options.config);
  const profiles = readProfiles(environment);
  const profile = (name: string | undefined): Place[] =>
    name ? [{ ...profileNamed(profiles, name), origin: m.profile_origin({ name }) }] : [];
  const said = { origin: m.cmd_origin_said(), said: true };
  const { CULPRIT_HUB: hubSaid, CULPRIT_TOKEN: tokenSaid, CULPRIT_CA: caSaid } = environment;
  const places: Place[] = [
    { hub: options.hub, token: options.token, ca: options.ca, ...said },
    ...profile(options.profile),
    { hub: hubSaid, token: tokenSaid, ca: caSaid, ...said },
    ...profile(environment["CULPRIT_PROFILE"]),
    ...(file ? [{ ...credentials.catch({}).parse(file.values), origin: file.path }] : []),
    ...profile(profiles.current),
    readCredentials(credentialsFile(environment)),
    readCredentials(join(localPlaces(options, terminal).dataDir, "cli-token")),
  ];
  const hub = places.find((place) => place.hub)?.hub ?? defaultHub;
  if (!/^https?:[/][/][^/]/.test(hub)) throw new UsageError(m.cmd_hub_wrong({ hub }));
  // What was said names any hub; a file only its own.
  const ofThisHub = places.filter((place) => place.said || sameHub(place.hub ?? defaultHub, hub));
  const withToken = ofThisHub.find((place) => place.token);
  const caFile = ofThisHub.find((place) => place.ca)?.ca;
  const ca = caFile === undefined ? undefined : resolve(terminal.folder, caFile);
  return {
    hub,
    token: withToken?.token,
    ca,
    certificates: ca === undefined ? undefined : readCertificates(ca),
    origin: withToken?.origin ?? m.cmd_origin_default(),
  };
}

/** The client of that hub; throws if no token can be found. */
export function connect(options: ConnectionOptions, terminal: Terminal): HubClient {
  const connection = findConnection(options, terminal);
  if (!connection.token) throw new Failure(m.cmd_no_token({ hub: connection.hub }), m.cmd_fix_no_token());
  return clientOf(connection);
}

export function clientOf({ hub, token, certificates }: Omit<Connection, "origin" | "ca">): HubClient {
  return new HubClient({ hub, ...(token ? { token } : {}), fetch: inLanguage(fetchTrusting(certificates)) });
}

/** The global fetch can't be told of a certificate authority. */
export function fetchTrusting(certificates: string | undefined): HubFetch {
  return certificates === undefined ? fetch : hubConnections(certificates).fetch;
}

/** Sentences of the hub come in the language of the output. */
function inLanguage(send: HubFetch): HubFetch {
  return (url, request) =>
    send(url, { ...request, headers: { ...request.headers, "accept-language": getLocale() } });
}

function readCredentials(path: string): Place {
  try {
    return { ...credentials.parse(parse(readFileSync(path, "utf8"))), origin: path };
  } catch {
    return { origin: path }; // absent, or another user's
  }
}

function readCertificates(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(
      m.cmd_ca_unreadable({ path, reason: error instanceof Error ? error.message : String(error) }),
    );
  }
}

function sameHub(one: string, other: string): boolean {
  return one.replace(/\/+$/, "") === other.replace(/\/+$/, "");
}
