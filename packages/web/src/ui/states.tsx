/** What a page shows while there is nothing to show: loading, failed, empty. */
import type { ReactNode } from "react";
import { Alert, Button, CopyButton, Skeleton } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconCopy, IconRefresh } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import { m } from "@culprit/messages";
import { Instant } from "./time.tsx";
import { problemDetail, problemText } from "./problem-text.ts";

/** Shows what was answered; in its place a skeleton or the problem; above it a note if a refresh failed. */
export function Answered<T>({
  query,
  height = 200,
  children,
}: {
  query: UseQueryResult<T>;
  /** Of the skeleton, so that the page does not jump when the answer comes. */
  height?: number;
  children: (data: T) => ReactNode;
}) {
  if (query.data === undefined)
    return query.isError ? (
      <Failed error={query.error} retry={() => void query.refetch()} />
    ) : (
      <Loading height={height} />
    );
  return (
    <>
      {query.isRefetchError && <Stale error={query.error} since={query.dataUpdatedAt} />}
      {children(query.data)}
    </>
  );
}

export function Loading({ height }: { height: number }) {
  return (
    <output className="block" aria-label={m.loading()}>
      <Skeleton height={height} radius="sm" />
    </output>
  );
}

export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const detail = problemDetail(error);
  return (
    <Alert
      role="alert"
      color="red"
      variant="light"
      icon={<IconAlertTriangle aria-hidden />}
      title={problemText(error)}
    >
      {detail && <p className="quiet">{detail}</p>}
      {retry && (
        <Button
          mt="xs"
          size="xs"
          variant="default"
          leftSection={<IconRefresh size={14} aria-hidden />}
          onClick={retry}
        >
          {m.try_again()}
        </Button>
      )}
    </Alert>
  );
}

function Stale({ error, since }: { error: unknown; since: number }) {
  return (
    <output className="stale">
      <IconAlertTriangle size={16} aria-hidden /> {problemText(error)} {m.shown_as_of()}{" "}
      <Instant at={since} absolute />
    </output>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}

/** A line to paste elsewhere. */
export function Snippet({ text }: { text: string }) {
  return (
    <div className="snippet">
      <code>{text}</code>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button
            size="xs"
            variant="default"
            onClick={copy}
            leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
          >
            {copied ? m.copied() : m.copy()}
          </Button>
        )}
      </CopyButton>
    </div>
  );
}

/** The first thing a newcomer meets: how to get a run onto this page. */
export function NoExecutions() {
  return (
    <Empty title={m.no_executions_yet()}>
      <p>{m.no_executions_try()}</p>
      <Snippet text="packages/cli/sh/culprit-run --name first-run -- sleep 2" />
      <p>{m.no_executions_paste_line()}</p>
      <Snippet text="0 3 * * * culprit-run --kind cron --name backup -- /path/to/backup.sh" />
      <p>{m.no_executions_link()}</p>
      <Snippet text={'sudo ln -s "$PWD/packages/cli/sh/culprit-run" /usr/bin/culprit-run'} />
    </Empty>
  );
}
