/** Adds machines: makes a token, shows the line that brings one here, and says when it has come. */
import { useState } from "react";
import { Link } from "@tanstack/react-router";
import { Alert, Button, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import type { EnrollmentToken, EnrollmentTokenCreated, Installer } from "@culprit/protocol";
import { formatDuration, formatTime } from "@culprit/charts";
import { m } from "@culprit/messages";
import { useEnrollmentTokens, useInstaller, useMakeEnrollmentToken } from "../api/enrollment.ts";
import { millis } from "../api/millis.ts";
import { usePreferences, useZone } from "../preferences.tsx";
import { Page, Section } from "../ui/page.tsx";
import { Answered, Failed, Snippet } from "../ui/states.tsx";
import { EnrollmentTokens } from "./enrollment-tokens.tsx";
import { agentsOf, isLoopback, isReadable, uninstallLine, upgradeLine } from "./install-lines.ts";
import { InstallWays } from "./install-ways.tsx";

const day = 86_400;
const validChoices = [3600, day, 7 * day, 30 * day];

export function AddMachinePage() {
  const installer = useInstaller();
  const make = useMakeEnrollmentToken();
  const made = make.data;
  const tokens = useEnrollmentTokens(made !== undefined);
  const token = tokens.data?.find(({ id }) => id === made?.id);
  return (
    <Page
      title={
        <>
          <Link to="/machines">{m.machines()}</Link> › {m.fleet_add()}
        </>
      }
      name={m.fleet_add()}
      sentence={m.fleet_add_sentence()}
    >
      <Answered query={installer} height={240}>
        {(given) => (
          <>
            <Warnings installer={given} />
            <Section>
              <TokenForm make={make} />
            </Section>
            {made && (
              <Section title={m.fleet_line_title()}>
                <GoodFor made={made} />
                <InstallWays installer={given} token={made.token} />
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

function TokenForm({ make }: { make: ReturnType<typeof useMakeEnrollmentToken> }) {
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
          make.mutate({ uses, validSeconds, ...(wished ? { name: wished } : {}) });
        }}
      >
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

function GoodFor({ made: { uses, expiresAt } }: { made: EnrollmentTokenCreated }) {
  const { language } = usePreferences();
  const zone = useZone();
  return <p>{m.fleet_line_once({ count: uses, until: formatTime(millis(expiresAt), zone, language) })}</p>;
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
