/** A page: its name, the one sentence that says what matters, then the rest. */
import { useEffect, type ReactNode } from "react";
import { Skeleton } from "@mantine/core";

export function Page({
  title,
  name,
  sentence,
  actions,
  children,
}: {
  title: ReactNode;
  /** For the browser's tab. */
  name: string;
  /** Undefined while it is not known yet. */
  sentence: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  usePageName(name);
  return (
    <>
      <header className="page-head">
        <div className="page-head-row">
          <h1 className="page-title">{title}</h1>
          {actions && <div className="page-actions">{actions}</div>}
        </div>
        <div className="page-sentence" aria-live="polite">
          {sentence ?? <Skeleton height={26} width="min(38rem, 90%)" />}
        </div>
      </header>
      {children}
    </>
  );
}

export function usePageName(name: string): void {
  useEffect(() => {
    document.title = `${name} · Culprit`;
  }, [name]);
}

export function Section({
  id,
  title,
  aside,
  children,
}: {
  /** Where links within a page lead. */
  id?: string;
  /** None where the one thing inside carries its own. */
  title?: string;
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="section" id={id}>
      {title !== undefined && (
        <div className="section-head">
          <h2>{title}</h2>
          {aside && <div className="section-aside">{aside}</div>}
        </div>
      )}
      {children}
    </section>
  );
}
