import { m } from "@culprit/messages";

/** What a run wrote: text of the job, shown as it is and only on request. */
export function RunOutput({ output }: { output: string }) {
  return (
    <details className="run-output">
      <summary>{m.output_of_run()}</summary>
      <pre>{output}</pre>
    </details>
  );
}
