import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findConnection, type ConnectionOptions } from "../connection.ts";
import { testTerminal } from "../testing/terminal.ts";
import { profilesFile, readProfiles, writeProfiles } from "./profiles.ts";

let folder: string;
let environment: NodeJS.ProcessEnv;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "culprit-profiles-"));
  environment = { HOME: folder };
  writeProfiles(environment, {
    current: "home",
    profiles: {
      home: { hub: "https://home.example", token: "of-home" },
      lab: { hub: "https://lab.example", token: "of-lab" },
    },
  });
});
afterEach(() => rmSync(folder, { recursive: true }));

function found(options: ConnectionOptions, variables: NodeJS.ProcessEnv = {}) {
  const terminal = testTerminal({ folder, environment: { ...environment, ...variables } });
  const { hub, token } = findConnection(options, terminal);
  return [hub.replace("https://", "").replace(".example", ""), token];
}

test("the current profile is asked where nothing else is said, a named one before variables, flags before all", () => {
  const variables = { CULPRIT_HUB: "https://said.example", CULPRIT_TOKEN: "of-said" };
  expect(found({})).toEqual(["home", "of-home"]);
  expect(found({ profile: "lab" })).toEqual(["lab", "of-lab"]);
  expect(found({}, { CULPRIT_PROFILE: "lab" })).toEqual(["lab", "of-lab"]);
  expect(found({}, { ...variables, CULPRIT_PROFILE: "lab" })).toEqual(["said", "of-said"]);
  expect(found({ profile: "lab" }, variables)).toEqual(["lab", "of-lab"]);
  expect(found({ hub: "https://flag.example", profile: "lab" }, variables)).toEqual(["flag", "of-said"]);
});

test("a profile's token is sent to its own hub alone", () => {
  expect(found({ hub: "https://evil.example", profile: "lab" })).toEqual(["evil", undefined]);
  expect(found({}, { CULPRIT_HUB: "https://evil.example" })).toEqual(["evil", undefined]);
  expect(found({}, { CULPRIT_HUB: "https://home.example" })).toEqual(["home", "of-home"]);
});

test("culprit.yaml goes before the current profile, and after one that is named", () => {
  writeFileSync(join(folder, "culprit.yaml"), "hub: https://file.example\ntoken: of-file\n");
  expect(found({})).toEqual(["file", "of-file"]);
  expect(found({}, { CULPRIT_PROFILE: "lab" })).toEqual(["lab", "of-lab"]);
});

test("a profile that is not there is named with those that are", () => {
  expect(() => found({ profile: "lba" })).toThrow("There is no profile lba; there are: home, lab");
  expect(() => found({ profile: "constructor" })).toThrow("There is no profile constructor");
});

test("the file is its user's alone, and one that others may read is refused", () => {
  const file = profilesFile(environment);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
  chmodSync(file, 0o640);
  expect(() => readProfiles(environment)).toThrow("can be read by others");
});

test.each([
  ["no mapping", "- 1\n"],
  ["no YAML", "profiles: {\n"],
  ["a hub that is no address", "profiles: { lab: { hub: 'javascript:alert(1)', token: secret } }\n"],
  ["a key that nobody knows", "profiles: { lab: { hub: 'https://lab.example', tokn: secret } }\n"],
])("%s is refused without repeating what may be a token", (_, text) => {
  const file = profilesFile(environment);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  expect(() => readProfiles(environment)).toThrow(/is not a file of profiles/);
  expect(() => readProfiles(environment)).not.toThrow(/secret/);
});
