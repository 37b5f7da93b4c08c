/** The tokens with which machines may enrol themselves, never their secrets: what is left of them, and who came. */
import { Link } from "@tanstack/react-router";
import type { UseQueryResult } from "@tanstack/react-query";
import type { EnrollmentToken } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { tokenStateNames } from "@culprit/messages/token-states";
import { useRevokeEnrollmentToken } from "../api/enrollment.ts";
import { DataTable, type Column } from "../ui/data-table.tsx";
import { Section } from "../ui/page.tsx";
import { Answered, Failed } from "../ui/states.tsx";
import { SureButton } from "../ui/sure-button.tsx";
import { Instant } from "../ui/time.tsx";

export function EnrollmentTokens({ tokens }: { tokens: UseQueryResult<EnrollmentToken[]> }) {
  return (
    <Section title={m.fleet_tokens()}>
      <Answered query={tokens} height={80}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="quiet">{m.fleet_no_tokens()}</p>
          ) : (
            <DataTable
              caption={m.fleet_tokens()}
              columns={columns()}
              rows={rows}
              rowKey={({ id }) => id}
              atFirst={10}
            />
          )
        }
      </Answered>
    </Section>
  );
}

function columns(): Column<EnrollmentToken>[] {
  return [
    { key: "name", title: m.fleet_col_token(), value: ({ name }) => name },
    { key: "state", title: m.state(), value: ({ state }) => tokenStateNames[state]() },
    {
      key: "left",
      title: m.fleet_col_uses_left(),
      numeric: true,
      value: ({ usesLeft }) => usesLeft,
      cell: ({ uses, usesLeft }) =>
        uses === undefined ? usesLeft : m.fleet_uses_of({ left: usesLeft, uses }),
    },
    {
      key: "expires",
      title: m.fleet_col_expires(),
      value: ({ expiresAt }) => expiresAt,
      cell: ({ expiresAt }) => <Instant at={expiresAt} />,
    },
    {
      key: "again",
      title: m.fleet_col_goes_on(),
      value: ({ machine }) => machine?.name,
      cell: ({ machine }) =>
        machine && (
          <Link to="/machines/$machine" params={{ machine: machine.id }}>
            {machine.name}
          </Link>
        ),
    },
    { key: "by", title: m.fleet_col_made_by(), value: ({ createdBy }) => createdBy },
    {
      key: "used",
      title: m.fleet_col_last_used(),
      value: ({ lastUsedAt }) => lastUsedAt,
      cell: ({ lastUsedAt }) => (lastUsedAt === undefined ? m.fleet_never() : <Instant at={lastUsedAt} />),
    },
    {
      key: "machines",
      title: m.fleet_col_came_with(),
      value: ({ machines }) => machines.map(({ name }) => name).join(", "),
      cell: ({ machines }) => (
        <>
          {machines.map(({ id, name }, at) => (
            <span key={id}>
              {at > 0 && ", "}
              <Link to="/machines/$machine" params={{ machine: id }}>
                {name}
              </Link>
            </span>
          ))}
        </>
      ),
    },
    {
      key: "revoke",
      title: m.fleet_revoke(),
      value: () => undefined,
      cell: (token) => token.state === "valid" && <Revoke token={token} />,
    },
  ];
}

function Revoke({ token: { id, name } }: { token: EnrollmentToken }) {
  const revoke = useRevokeEnrollmentToken();
  if (revoke.isError) return <Failed error={revoke.error} retry={() => revoke.mutate(id)} />;
  return (
    <SureButton
      text={m.fleet_revoke()}
      label={m.fleet_revoke_of({ name })}
      sure={m.fleet_revoke_sure()}
      loading={revoke.isPending}
      onSure={() => revoke.mutate(id)}
    />
  );
}
