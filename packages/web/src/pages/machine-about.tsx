/** What people say of a machine: its name, group, labels and zone; a pause; and its end. For those who may change it. */
import { useState } from "react";
import { Link, useNavigate } from "@tanstack/react-router";
import { Autocomplete, Button, Group, Textarea, TextInput } from "@mantine/core";
import type { Machine } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { useChangeMachine, useMachines, useRemoveMachine, useRotateToken } from "../api/machines.ts";
import { useMayChange, useMayRemove } from "../api/session.ts";
import { Section } from "../ui/page.tsx";
import { Failed } from "../ui/states.tsx";
import { SureButton } from "../ui/sure-button.tsx";
import { groupsOf } from "./machine-choice.ts";
import { changeOf, wishOf, type MachineWish, type WrongWish } from "./machine-wish.ts";

const zonesShown = 8;

export function MachineAbout({ machine }: { machine: Machine }) {
  if (!useMayChange()) return null;
  return (
    <Section id="about" title={m.fleet_about()}>
      <AboutForm machine={machine} />
      <Ends machine={machine} />
    </Section>
  );
}

function AboutForm({ machine }: { machine: Machine }) {
  const machines = useMachines();
  const save = useChangeMachine(machine.id);
  // As it was when the form was filled: what others change meanwhile stays theirs.
  const [before, setBefore] = useState(() => wishOf(machine));
  const [wish, setWish] = useState(before);
  const change = (some: Partial<MachineWish>) => setWish((now) => ({ ...now, ...some }));
  const asked = changeOf(wish, before);
  const wrong = "field" in asked ? asked : null;
  const nothing = Object.keys(asked).length === 0;
  return (
    <>
      <form
        className="settings"
        onSubmit={(event) => {
          event.preventDefault();
          if (!("field" in asked))
            save.mutate(asked, {
              onSuccess: (changed) => {
                setBefore(wishOf(changed));
                setWish(wishOf(changed));
              },
            });
        }}
      >
        <TextInput
          label={m.fleet_name()}
          required
          maxLength={200}
          error={wrong?.field === "name" && m.fleet_name_wrong()}
          value={wish.name}
          onChange={({ currentTarget }) => change({ name: currentTarget.value })}
        />
        <Autocomplete
          label={m.fleet_group()}
          maxLength={200}
          data={groupsOf(machines.data ?? [])}
          error={wrong?.field === "group" && m.fleet_name_wrong()}
          value={wish.group}
          onChange={(group) => change({ group })}
        />
        <Textarea
          label={m.fleet_labels_lines()}
          autosize
          minRows={2}
          maxRows={10}
          error={labelsWrong(wrong)}
          value={wish.labels}
          onChange={({ currentTarget }) => change({ labels: currentTarget.value })}
        />
        <Autocomplete
          label={zoneLabel(machine)}
          maxLength={64}
          limit={zonesShown}
          data={Intl.supportedValuesOf("timeZone")}
          error={wrong?.field === "timeZone" && m.fleet_zone_wrong()}
          value={wish.timeZone}
          onChange={(timeZone) => change({ timeZone })}
        />
        <Button type="submit" variant="default" disabled={wrong !== null || nothing} loading={save.isPending}>
          {m.fleet_save()}
        </Button>
      </form>
      {save.isError && <Failed error={save.error} />}
      <output className="block quiet">{save.isSuccess && nothing && m.fleet_saved()}</output>
    </>
  );
}

function labelsWrong(wrong: WrongWish | null): string | false {
  if (wrong?.field !== "labels") return false;
  return "line" in wrong
    ? m.fleet_labels_wrong({ label: wrong.line })
    : m.fleet_labels_many({ most: wrong.most });
}

function zoneLabel({ computer }: Machine): string {
  return computer ? m.fleet_zone_or_agent({ zone: computer.timeZone }) : m.time_zone();
}

function Ends({ machine }: { machine: Machine }) {
  const navigate = useNavigate();
  const change = useChangeMachine(machine.id);
  const remove = useRemoveMachine(machine.id);
  const rotate = useRotateToken(machine.id);
  const mayRemove = useMayRemove();
  const paused = machine.state === "paused";
  const failed = change.error ?? remove.error ?? rotate.error;
  return (
    <>
      <Group mt="md" gap="xs">
        <Button
          size="xs"
          variant="default"
          loading={change.isPending}
          onClick={() => change.mutate({ paused: !paused })}
        >
          {paused ? m.fleet_resume() : m.fleet_pause()}
        </Button>
        <SureButton
          text={m.fleet_token_replace()}
          sure={m.fleet_token_replace_sure({ machine: machine.name })}
          loading={rotate.isPending}
          onSure={() => rotate.mutate()}
        />
        <Button
          size="xs"
          variant="default"
          renderRoot={(props) => <Link {...props} to="/add-machine" search={{ again: machine.id }} />}
        >
          {m.fleet_again()}
        </Button>
        {mayRemove && (
          <SureButton
            text={m.fleet_remove()}
            sure={m.fleet_remove_sure({ machine: machine.name })}
            loading={remove.isPending}
            onSure={() => remove.mutate(undefined, { onSuccess: () => void navigate({ to: "/machines" }) })}
          />
        )}
      </Group>
      <output className="block">
        {rotate.isSuccess && m.fleet_token_replaced({ token: rotate.data.token })}
      </output>
      <p className="quiet small">
        {m.fleet_pause_note()} {m.fleet_token_replace_note()}
      </p>
      {failed && <Failed error={failed} />}
    </>
  );
}
