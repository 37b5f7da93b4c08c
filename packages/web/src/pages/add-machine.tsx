/** Adds machines: makes a token, shows the line that brings one here, and says when it has come. */
import { useState } from "react";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Alert, Button, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import type { EnrollmentToken, EnrollmentTokenCreated, Installer, Machine } from "@culprit/protocol";
import { formatDuration, formatTime } from "@culprit/charts";
import { m } from "@culprit/messages";
import { useEnrollmentTokens, useInstaller, useMakeEnrollmentToken } from "../api/enrollment.ts";
import { useMachine } from "../api/machines.ts";
import { millis } from "../api/millis.ts";
import { usePreferences, useZone } from "../preferences.tsx";
import { Page, Section } from "../ui/page.tsx";
import { Answered, Failed, Loading, Snippet } from "../ui/states.tsx";
import { EnrollmentTokens } from "./enrollment-tokens.tsx";
import { agentsOf, isLoopback, isReadable, uninstallLine, upgradeLine } from "./install-lines.ts";
import { InstallWays } from "./install-ways.tsx";

const day = 86_400;
const validChoices = [3600, day, 7 * day, 30 * day];

const route = getRouteApi("/signed-in/add-machine");

export function AddMachinePage() {
  const { again } = route.useSearch();
  // Another machine is another form, and another token.
  return again === undefined ? <AddMachine /> : <InstallAgain key={again} id={again} />;
}

/** Of a machine that is there: what enrols goes on as it. */
function InstallAgain({ id }: { id: string }) {
  const machine = useMachine(id);
  if (!machine.data)
    return (
      <Page title={m.fleet_again()} name={m.fleet_again()} sentence={machine.isError ? "" : undefined}>
        {machine.isError ? (
          <Failed error={machine.error} retry={() => void machine.refetch()} />
        ) : (
          <Loading height={240} />
        )}
      </Page>
    );
  return <AddMachine again={machine.data} />;
}

function AddMachine({ again }: { again?: Machine }) {
  const installer = useInstaller();
  const make = useMakeEnrollmentToken();
  const made = make.data;
  const tokens = useEnrollmentTokens(made !== undefined);
  const token = tokens.data?.find(({ id }) => id === made?.id);
  const title = again ? m.fleet_again_title({ machine: again.name }) : m.fleet_add();
  return (
    <Page
      title={
        <>
          <Link to="/machines">{m.machines()}</Link> › {title}
        </>
      }
      name={title}
      sentence={again ? m.fleet_again_sentence({ machine: again.name }) : m.fleet_add_sentence()}
    >
      <Answered query={installer} height={240}>
        {(given) => (
          <>
            <Warnings installer={given} />
            <Section>
              <TokenForm make={make} again={again} />
            </Section>
            {made && (
              <Section title={m.fleet_line_title()}>
                <GoodFor made={made} />
                <InstallWays installer={given} token={made.token} />
                {again && (
                  <p className="quiet small">
                    {m.fleet_again_note({ line: `${uninstallLine(given)} --purge` })}
                  </p>
                )}
                <Arrived token={token} />
              </Section>
            )}
            <EnrollmentTokens tokens={tokens} />
            <Section title={m.fleet_upgrade()}>
              <Snippet text={upgradeLine(given)} />
              <p className="quiet small">{m.fleet_upgrade_note({ version: given.version })}</p>
            </Section>
            <Section title={m.fleet_uninstall()}>
              <Snippet text={uninstallLine(given)} />
              <p className="quiet small">{m.fleet_uninstall_note()}</p>
            </Section>
          </>
        )}
      </Answered>
    </Page>
  );
}

function Warnings({ installer }: { installer: Installer }) {
  const { hub } = installer;
  const texts = [
    ...(agentsOf(installer).length === 0 ? [m.fleet_no_files()] : []),
    ...(isLoopback(hub) ? [m.fleet_loopback()] : []),
    ...(isReadable(hub) ? [m.fleet_plain_http()] : []),
  ];
  return texts.map((text) => (
    <Alert key={text} variant="light" color="yellow" mb="sm" icon={<IconAlertTriangle aria-hidden />}>
      {text}
    </Alert>
  ));
}

type TokenFormProps = { make: ReturnType<typeof useMakeEnrollmentToken>; again: Machine | undefined };

function TokenForm({ make, again }: TokenFormProps) {
  const { language } = usePreferences();
  const [name, setName] = useState("");
  const [uses, setUses] = useState(1);
  const [validSeconds, setValidSeconds] = useState(day);
  const wished = name.trim();
  return (
    <>
      <form
        className="settings"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate({
            uses,
            validSeconds,
            ...(wished ? { name: wished } : {}),
            ...(again ? { machine: again.id } : {}),
          });
        }}
      >
        {!again && (
          <NumberInput
            label={m.fleet_uses()}
            required
            min={1}
            max={10_000}
            clampBehavior="strict"
            allowDecimal={false}
            value={uses}
            onChange={(value) => setUses(Number(value))}
          />
        )}
        <NativeSelect
          label={m.fleet_valid_for()}
          value={String(validSeconds)}
          data={validChoices.map((seconds) => ({
            value: String(seconds),
            label: formatDuration(seconds, language),
          }))}
          onChange={({ currentTarget }) => setValidSeconds(Number(currentTarget.value))}
        />
        <TextInput
          label={m.fleet_token_for()}
          maxLength={200}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={uses < 1} loading={make.isPending}>
          {m.fleet_make_line()}
        </Button>
      </form>
      {make.isError && <Failed error={make.error} />}
    </>
  );
}

function GoodFor({ made: { uses, machine, expiresAt } }: { made: EnrollmentTokenCreated }) {
  const { language } = usePreferences();
  const zone = useZone();
  const until = formatTime(millis(expiresAt), zone, language);
  return (
    <p>
      {machine === undefined
        ? m.fleet_line_once({ count: uses, until })
        : m.fleet_again_until({ machine, until })}
    </p>
  );
}

/** A token that was revoked meanwhile is in no list. */
function Arrived({ token }: { token: EnrollmentToken | undefined }) {
  return (
    <output className="block arrived">
      {token?.machines.map(({ id, name }) => (
        <p key={id}>
          <IconCircleCheck size={18} aria-hidden className="arrived-mark" />{" "}
          <Link to="/machines/$machine" params={{ machine: id }}>
            {m.fleet_here({ machine: name })}
          </Link>
        </p>
      ))}
      {token?.state === "valid" && <p className="quiet">{m.fleet_waiting()}</p>}
    </output>
  );
}
