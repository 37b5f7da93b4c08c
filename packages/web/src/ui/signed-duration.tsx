import { Duration } from "./time.tsx";

/** A gain with its plus, a loss with its minus. */
export function SignedDuration({ seconds }: { seconds: number }) {
  return (
    <span className="figure">
      {seconds > 0 && "+"}
      <Duration seconds={seconds} />
    </span>
  );
}
