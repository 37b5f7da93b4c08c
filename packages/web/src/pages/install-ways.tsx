/** The line to paste, in each of the ways in which an agent can be installed. */
import { Tabs } from "@mantine/core";
import type { Installer } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { Quantity } from "../ui/quantity.tsx";
import { Snippet } from "../ui/states.tsx";
import { agentsOf, fileLines, installLines, installWays, type InstallWay } from "./install-lines.ts";

const ways: Record<InstallWay, { name: () => string; note: () => string }> = {
  script: { name: m.fleet_way_script, note: m.fleet_way_script_note },
  unprivileged: { name: m.fleet_way_unprivileged, note: m.fleet_way_unprivileged_note },
  ca: { name: m.fleet_way_ca, note: m.fleet_way_ca_note },
  file: { name: m.fleet_way_file, note: m.fleet_way_file_note },
  npm: { name: m.fleet_way_npm, note: m.fleet_way_npm_note },
  container: { name: m.fleet_way_container, note: m.fleet_way_container_note },
};

export function InstallWays({ installer, token }: { installer: Installer; token: string }) {
  const lines = installLines(installer, token);
  return (
    <Tabs defaultValue="script" keepMounted={false}>
      <Tabs.List aria-label={m.fleet_ways()}>
        {installWays.map((way) => (
          <Tabs.Tab key={way} value={way}>
            {ways[way].name()}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {installWays.map((way) => (
        <Tabs.Panel key={way} value={way} pt="xs" className="install-way">
          {way === "file" ? (
            <Files installer={installer} token={token} />
          ) : (
            lines[way].map((line) => <Snippet key={line} text={line} />)
          )}
          <p className="quiet small">{ways[way].note()}</p>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

function Files({ installer, token }: { installer: Installer; token: string }) {
  return agentsOf(installer).map((file) => (
    <div key={file.name} className="address">
      <h3 className="chart-title">
        {file.name}{" "}
        <span className="quiet small">
          <Quantity value={file.bytes} unit="By" />
        </span>
      </h3>
      <p className="quiet small checksum">{m.fleet_sum({ sum: file.sha256 })}</p>
      {fileLines(installer, file, token).map((line) => (
        <Snippet key={line} text={line} />
      ))}
    </div>
  ));
}
