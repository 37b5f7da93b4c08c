/** What would moves change? The address holds the question, so that the answer can be sent to somebody. */
import { useState } from "react";
import { ActionIcon, Button, NativeSelect, NumberInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { Move, ProcessSummary } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { useProcesses } from "../api/processes.ts";
import { useWhatIf } from "../api/schedule.ts";
import { day, type Window } from "../api/window.ts";
import { Marked } from "../ui/marked.tsx";
import { Section } from "../ui/page.tsx";
import { Answered } from "../ui/states.tsx";
import { MovedTable } from "./moved-table.tsx";
import { emptyMove, fieldsOfMove, movesOf, placesOf, type MoveFields } from "./what-if-fields.ts";

const catalogue = { lastSeconds: 30 * day };
const mostMoves = 20;

type FormProps = { moves: readonly Move[]; onAsk: (moves: Move[]) => void };
/** Without a window the hub's latest analysis is asked. */
type WhatIfProps = FormProps & { window: Window | undefined };

export function WhatIf({ moves, window, onAsk }: WhatIfProps) {
  const processes = useProcesses(catalogue);
  return (
    <Section title={m.what_if()}>
      <Answered query={processes} height={60}>
        {(summaries) => (
          // A new question from outside (a link, back) replaces what stands in the fields.
          <MoveForm key={JSON.stringify(moves)} moves={moves} summaries={summaries} onAsk={onAsk} />
        )}
      </Answered>
      {moves.length > 0 && <Prediction moves={moves} window={window} />}
    </Section>
  );
}

function MoveForm({ moves, summaries, onAsk }: FormProps & { summaries: readonly ProcessSummary[] }) {
  const places = placesOf(summaries);
  const [rows, setRows] = useState<MoveFields[]>(
    moves.length > 0 ? moves.map((move) => fieldsOfMove(move, places)) : [emptyMove()],
  );
  const change = (at: number, some: Partial<MoveFields>) =>
    setRows((before) => before.map((row, index) => (index === at ? { ...row, ...some } : row)));
  const asked = movesOf(rows);
  return (
    <form
      className="what-if"
      onSubmit={(event) => {
        event.preventDefault();
        onAsk(asked);
      }}
    >
      {rows.map((row, index) => (
        <div className="what-if-row" key={row.key}>
          <NativeSelect
            label={m.process()}
            value={row.place}
            data={[
              { value: "", label: m.what_if_choose() },
              ...places.map(({ key, name }) => ({ value: key, label: name })),
            ]}
            onChange={({ currentTarget }) => change(index, { place: currentTarget.value })}
          />
          <NumberInput
            label={m.what_if_shift()}
            min={-7 * 1440}
            max={7 * 1440}
            step={5}
            value={row.minutes}
            onChange={(minutes) => change(index, { minutes })}
          />
          {rows.length > 1 && (
            <ActionIcon
              variant="default"
              size="lg"
              aria-label={m.what_if_remove()}
              title={m.what_if_remove()}
              onClick={() => setRows((before) => before.filter(({ key }) => key !== row.key))}
            >
              <IconX size={16} aria-hidden />
            </ActionIcon>
          )}
        </div>
      ))}
      <div className="what-if-row">
        <Button type="submit" variant="default" disabled={asked.length === 0}>
          {m.what_if_ask()}
        </Button>
        <Button
          variant="default"
          disabled={rows.length >= mostMoves}
          onClick={() => setRows((before) => [...before, emptyMove()])}
        >
          {m.what_if_add()}
        </Button>
      </div>
    </form>
  );
}

function Prediction({ moves, window }: Pick<WhatIfProps, "moves" | "window">) {
  const answer = useWhatIf(moves, window);
  return (
    <div className="what-if-answer" aria-live="polite">
      <Answered query={answer} height={120}>
        {({ text, processes }) => (
          <>
            <p className="answer">
              <Marked text={text} />
            </p>
            {processes.length > 0 ? (
              <MovedTable caption={m.what_if_whom()} processes={processes} />
            ) : (
              <p className="quiet">{m.what_if_nobody()}</p>
            )}
          </>
        )}
      </Answered>
    </div>
  );
}
