/** In place of a page that could not be made, or is not there. */
import { Link, useRouter, type ErrorComponentProps } from "@tanstack/react-router";
import { m } from "@culprit/messages";
import { Empty, Failed } from "./states.tsx";

export function PageFailed({ error }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <main className="alone">
      <Failed error={error} retry={() => void router.invalidate()} />
    </main>
  );
}

export function PageMissing() {
  return (
    <main className="alone">
      <h1 className="visually-hidden">{m.page_missing()}</h1>
      <Empty title={m.page_missing()}>
        <Link to="/">{m.go_to_overview()}</Link>
      </Empty>
    </main>
  );
}
