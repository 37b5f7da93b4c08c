/** Why a machine does not do what its hub asks for, and what is wrong with the file of root's that says what it may. */

type InFile = { file: string; place: string };

/** `place`: a key of the file, with those above it: `services.apache2`. */
export type RefusalValues = {
  "file-missing": { file: string };
  "file-not-absolute": { file: string };
  "file-is-link": { file: string };
  "file-irregular": { file: string };
  "file-too-large": { file: string; bytes: number };
  "file-unreadable": { file: string; detail: string };
  "folder-irregular": { folder: string };
  "owner-not-root": { file: string; user: number };
  "writable-by-others": { file: string };
  "allowed-no-yaml": { file: string; detail: string };
  "allowed-key-unknown": { file: string; key: string };
  "allowed-service": InFile;
  "allowed-unit": InFile;
  "allowed-name": InFile;
  "allowed-program": InFile;
  "allowed-nul": InFile;
  "allowed-benchmark": InFile & { names: string };
  "allowed-target": InFile;
  "allowed-too-many": InFile & { most: number };
  "allowed-mistake": { file: string; detail: string };
  "service-not-listed": { service: string };
  "verb-not-listed": { service: string; verb: string };
  "service-unknown": { service: string };
  "service-not-run": { service: string; detail: string };
  "service-busy": { service: string };
  "helper-missing": Record<string, never>;
  "helper-silent": Record<string, never>;
  "helper-failed": { detail: string };
  "check-unknown": { check: string };
  "token-in-settings": Record<string, never>;
  "token-busy": Record<string, never>;
  "token-not-confirmed": { detail: string };
  "not-welcomed": Record<string, never>;
  "other-machine": Record<string, never>;
  "came-too-late": Record<string, never>;
  "valid-too-long": Record<string, never>;
  "made-before": Record<string, never>;
  "too-many-requests": Record<string, never>;
  "request-unknown": Record<string, never>;
  "arguments-unknown": Record<string, never>;
};

const inFile = ({ file, place }: InFile, what: string): string => `${file}: ${place}: ${what}`;

export const refusalTexts: { [Code in keyof RefusalValues]: (values: RefusalValues[Code]) => string } = {
  "file-missing": ({ file }) => `there is no file ${file}`,
  "file-not-absolute": ({ file }) => `${file} is not an absolute path`,
  "file-is-link": ({ file }) => `${file} is a symbolic link`,
  "file-irregular": ({ file }) => `${file} is no file`,
  "file-too-large": ({ file, bytes }) => `${file} is larger than ${bytes} bytes`,
  "file-unreadable": ({ file, detail }) => `${file} can't be read: ${detail}`,
  "folder-irregular": ({ folder }) => `${folder} is no folder`,
  "owner-not-root": ({ file, user }) => `${file} belongs to user ${user}, not to root`,
  "writable-by-others": ({ file }) => `${file} can be written by others than its owner`,
  "allowed-no-yaml": ({ file, detail }) => `${file} is no YAML: ${detail}`,
  "allowed-key-unknown": ({ file, key }) => `${file}: the key ${key} is not known`,
  "allowed-service": (values) =>
    inFile(
      values,
      "[start, stop, restart], of which some may be missing, or { unit: <name>, verbs: [...] } is expected",
    ),
  "allowed-unit": (values) => inFile(values, "a unit's name is expected"),
  "allowed-name": (values) => inFile(values, "a name of letters, digits and . _ @ - is expected"),
  "allowed-program": (values) =>
    inFile(values, "the absolute path of a program, without . and .., and its arguments are expected"),
  "allowed-nul": (values) => inFile(values, "it contains a NUL character"),
  "allowed-benchmark": (values) => inFile(values, `all, or a list of ${values.names} is expected`),
  "allowed-target": (values) =>
    inFile(values, "a host name, *.<domain>, an address, or <address>/<bits> is expected"),
  "allowed-too-many": (values) => inFile(values, `these are more than ${values.most}`),
  "allowed-mistake": ({ file, detail }) => `${file}: ${detail}`,
  "service-not-listed": ({ service }) => `the machine's file lists no service ${service}`,
  "verb-not-listed": ({ service, verb }) => `the machine's file does not let ${service} ${verb}`,
  "service-unknown": ({ service }) => `this machine has no service ${service}`,
  "service-not-run": ({ service, detail }) => `${service} can't be told anything: ${detail}`,
  "service-busy": ({ service }) => `something is being done to ${service} already`,
  "helper-missing": () => "the agent is not root here, and there is no helper that is (docs/services.md)",
  "helper-silent": () => "the helper did not answer",
  "helper-failed": ({ detail }) => `the helper: ${detail}`,
  "check-unknown": ({ check }) => `this machine was told of no check ${check}`,
  "token-in-settings": () => "its token is given by its settings: replace it there, the agent can't",
  "token-busy": () => "its token is being replaced already",
  "token-not-confirmed": ({ detail }) => `the hub did not confirm its new token (${detail})`,
  "not-welcomed": () => "the hub has not said hello, or not to this machine",
  "other-machine": () => "meant for another machine",
  "came-too-late": () => "it came too late",
  "valid-too-long": () => "it claims to be valid for too long",
  "made-before": () => "this request was made before",
  "too-many-requests": () => "too many requests",
  "request-unknown": () => "there is no request of this name",
  "arguments-unknown": () => "the request does not take these arguments",
};
