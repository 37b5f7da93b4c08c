/** Makes a check of one's own, or the four that every machine should have. */
import { useState } from "react";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { checkTarget, isLive, type CheckKind } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { useAddBasicChecks, useCreateCheck } from "../api/checks.ts";
import { useMachines } from "../api/machines.ts";
import { checkKindNames } from "../ui/check-state.tsx";
import { MachineSelect } from "../ui/machine-select.tsx";
import { Section } from "../ui/page.tsx";
import { Failed } from "../ui/states.tsx";
import { CheckFields } from "./check-fields.tsx";
import { checkOf, needsMachine, type CheckWish } from "./check-wish.ts";

const kinds = checkTarget.options.map(({ shape }) => shape.kind.value);
const empty: CheckWish = { name: "", machine: "", kind: "http", intervalSeconds: 60, fields: {} };

export function NewCheck() {
  const machines = useMachines();
  const create = useCreateCheck();
  const [wish, setWish] = useState(empty);
  const change = (some: Partial<CheckWish>) => setWish((before) => ({ ...before, ...some }));
  const others = needsMachine(wish.kind) ? [] : [{ value: "", label: m.check_by_hub() }];
  const choices = [
    ...others.map(({ value }) => value),
    ...(machines.data ?? []).filter(isLive).map(({ id }) => id),
  ];
  const machine = choices.includes(wish.machine) ? wish.machine : (choices[0] ?? "");
  const check = checkOf({ ...wish, machine });
  const possible = check !== null && (machine !== "" || !needsMachine(wish.kind));
  return (
    <Section title={m.check_new()}>
      <form
        className="settings"
        onSubmit={(event) => {
          event.preventDefault();
          if (check) create.mutate(check, { onSuccess: () => setWish({ ...empty, kind: wish.kind }) });
        }}
      >
        <NativeSelect
          label={m.check_kind()}
          value={wish.kind}
          data={kinds.map((kind) => ({ value: kind, label: checkKindNames[kind]() }))}
          onChange={({ currentTarget }) => {
            const kind: CheckKind | undefined = kinds.find((one) => one === currentTarget.value);
            if (kind) change({ kind });
          }}
        />
        <MachineSelect
          live
          label={m.check_probed_by()}
          value={machine}
          before={others}
          onChange={(chosen) => change({ machine: chosen })}
        />
        <CheckFields wish={wish} change={change} />
        <Button type="submit" variant="default" disabled={!possible} loading={create.isPending}>
          {m.check_create()}
        </Button>
      </form>
      {create.isError && <Failed error={create.error} />}
    </Section>
  );
}

export function BasicChecks() {
  const machines = useMachines();
  const add = useAddBasicChecks();
  const [machine, setMachine] = useState("");
  const [service, setService] = useState("httpd");
  const chosen = machine || (machines.data?.find(isLive)?.id ?? "");
  if (!machines.data?.length) return null;
  return (
    <Section title={m.check_basic_title()}>
      <p>{m.check_basic_text()}</p>
      <form
        className="settings"
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate({ machine: chosen, service: service.trim() });
        }}
      >
        <MachineSelect live value={chosen} onChange={setMachine} />
        <TextInput
          label={m.check_service()}
          required
          maxLength={200}
          value={service}
          onChange={({ currentTarget }) => setService(currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={chosen === ""} loading={add.isPending}>
          {m.check_basic_add()}
        </Button>
      </form>
      {add.isError && <Failed error={add.error} />}
    </Section>
  );
}
