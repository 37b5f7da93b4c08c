/** The lines that a person pastes on a machine to install, upgrade and remove its agent. */
import type { AgentFile, Installer } from "@culprit/protocol";

export const installWays = ["script", "unprivileged", "ca", "file", "npm", "container"] as const;
export type InstallWay = (typeof installWays)[number];

/** Where a certificate of one's own authority is supposed to be. */
const ca = "/etc/culprit-ca.pem";
const buildImage = "docker build -t culprit-agent -f deploy/Containerfile.agent .";

export function isLoopback(hub: string): boolean {
  const { hostname } = new URL(hub);
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** Whether the token and all data would be readable on the way. */
export function isReadable(hub: string): boolean {
  return !hub.startsWith("https:") && !isLoopback(hub);
}

/** Each way's steps in order. Address, version, names and token hold nothing that a shell would read as more. */
export function installLines(
  installer: Installer,
  token: string,
): Record<Exclude<InstallWay, "file">, string[]> {
  const { hub } = installer;
  const plain = isReadable(hub);
  const said = `--token ${token}${plain ? " --allow-plain-http" : ""}`;
  const environment = environmentOf(hub, token).map((pair) => `-e ${pair}`);
  return {
    script: [script(hub, said)],
    unprivileged: [script(hub, `${said} --unprivileged`)],
    ca: [script(hub, `--token ${token} --ca ${ca}`, `--cacert ${ca} `)],
    npm: [
      "npm ci && npm run build",
      `sudo npx culprit enroll --hub ${hub} --token ${token}`,
      `sudo ${plain ? "env CULPRIT_ALLOW_PLAIN_HTTP=true " : ""}npx culprit agent --hub ${hub}`,
    ],
    container: [
      buildImage,
      [
        "docker run -d --name culprit-agent --restart unless-stopped --pid host --uts host --network host",
        "--cap-drop ALL --cap-add SYS_PTRACE --cap-add DAC_READ_SEARCH --cap-add DAC_OVERRIDE --cap-add FOWNER",
        "-v culprit-agent:/var/lib/culprit-agent -v /var/spool/culprit:/var/spool/culprit",
        ...environment,
        "culprit-agent",
      ].join(" "),
    ],
  };
}

/** Of one of the agent's own files; the checksum is looked at before anything is run. */
export function fileLines({ hub, version }: Installer, { name, sha256 }: AgentFile, token: string): string[] {
  const fetched = `curl -fsSLO ${hub}/agent/${version}/${name} && echo '${sha256}  ${name}' | sha256sum -c`;
  const program = name.replace(/\.gz$/, "");
  const unpacked = name === program ? "" : ` && gunzip -f ${name} && chmod 755 ${program}`;
  const start = program.endsWith(".mjs") ? `node ${program}` : `./${program}`;
  return [`${fetched}${unpacked}`, `sudo env ${environmentOf(hub, token).join(" ")} ${start}`];
}

/** Those of the hub's files that are an agent. */
export function agentsOf({ files }: Installer): AgentFile[] {
  return files.filter(({ name }) => name.startsWith("culprit-agent"));
}

export function upgradeLine({ hub }: Installer): string {
  return script(hub, "--upgrade");
}

export function uninstallLine({ hub }: Installer): string {
  return script(hub, "--uninstall");
}

function script(hub: string, parameters: string, fetching = ""): string {
  return `curl -fsSL ${fetching}${hub}/install.sh | sudo sh -s -- ${parameters}`;
}

function environmentOf(hub: string, token: string): string[] {
  return [
    `CULPRIT_HUB=${hub}`,
    `CULPRIT_ENROLLMENT_TOKEN=${token}`,
    ...(isReadable(hub) ? ["CULPRIT_ALLOW_PLAIN_HTTP=true"] : []),
  ];
}
