/** Makes a check-in and shows its addresses, which no one can look up later. */
import { useState } from "react";
import { Alert, Button, TextInput } from "@mantine/core";
import type { CheckinCreated } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { useCreateCheckin } from "../api/checkins.ts";
import { useMachines } from "../api/machines.ts";
import { MachineSelect } from "../ui/machine-select.tsx";
import { Marked } from "../ui/marked.tsx";
import { Failed, Snippet } from "../ui/states.tsx";

/** As their makers call them. */
const clientNames: Record<CheckinCreated["addresses"][number]["client"], string> = {
  healthchecks: "Healthchecks",
  cronitor: "Cronitor",
  sentry: "Sentry (HTTP)",
  "sentry-dsn": "Sentry (DSN)",
  snitch: "Dead Man's Snitch",
};

export function NewCheckIn() {
  const machines = useMachines();
  const create = useCreateCheckin();
  const [machine, setMachine] = useState("");
  const [process, setProcess] = useState("");
  const [token, setToken] = useState("");
  const chosen = machine || machines.data?.[0]?.id;
  if (chosen === undefined) return null;
  return (
    <>
      <h3 className="chart-title">{m.checkin_new()}</h3>
      <form
        className="settings"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate(
            {
              machine: chosen,
              process: process.trim(),
              ...(token ? { token: token.trim() } : {}),
            },
            {
              onSuccess: () => {
                setProcess("");
                setToken("");
              },
            },
          );
        }}
      >
        <MachineSelect value={chosen} onChange={setMachine} />
        <TextInput
          label={m.checkin_process()}
          required
          maxLength={200}
          value={process}
          onChange={({ currentTarget }) => setProcess(currentTarget.value)}
        />
        <TextInput
          label={m.checkin_token()}
          maxLength={100}
          autoComplete="off"
          value={token}
          onChange={({ currentTarget }) => setToken(currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={create.isPending}>
          {m.checkin_create()}
        </Button>
      </form>
      {create.isError && <Failed error={create.error} />}
      {create.data && <Addresses created={create.data} />}
    </>
  );
}

function Addresses({ created: { checkin, addresses } }: { created: CheckinCreated }) {
  const { process, machine } = checkin;
  return (
    <Alert variant="light" mt="sm" title={<Marked text={m.checkin_shown_once({ process, machine })} />}>
      {addresses.map(({ client, address }) => (
        <div key={client} className="address">
          <p>{clientNames[client]}</p>
          <Snippet text={address} />
        </div>
      ))}
    </Alert>
  );
}
