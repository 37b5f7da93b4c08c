import { m } from "@culprit/messages";
import { LanguageChoice, ThemeChoice, ZoneChoiceSelect } from "../ui/choices.tsx";
import { Page, Section } from "../ui/page.tsx";
import { Snippet } from "../ui/states.tsx";
import { CheckIns } from "./check-ins.tsx";
import { HubFitness } from "./hub-fitness.tsx";

export function SettingsPage() {
  return (
    <Page title={m.settings()} name={m.settings()} sentence={m.settings_sentence()}>
      <Section title={m.appearance()}>
        <div className="settings">
          <LanguageChoice />
          <ThemeChoice />
          <ZoneChoiceSelect />
        </div>
      </Section>
      <Section title={m.record_runs()}>
        <p>{m.no_executions_paste_line()}</p>
        <Snippet text="0 3 * * * culprit-run --kind cron --name backup -- /path/to/backup.sh" />
        <p>{m.no_executions_link()}</p>
        <Snippet text={'sudo ln -s "$PWD/packages/cli/sh/culprit-run" /usr/bin/culprit-run'} />
      </Section>
      <CheckIns />
      <HubFitness />
      <Section title={m.words()}>
        <dl className="words">
          {words().map(([word, meaning]) => (
            <div key={word}>
              <dt>{word}</dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
      </Section>
      <Section title={m.keys_on_timeline()}>
        <p>{m.timeline_keys()}</p>
        <p>{m.timeline_mouse()}</p>
      </Section>
    </Page>
  );
}

function words(): [string, string][] {
  return [
    [m.process(), m.word_process()],
    [m.execution(), m.word_execution()],
    [m.normal(), m.word_normal()],
    [m.deviation(), m.word_deviation()],
    [m.culprits_culprit(), m.word_culprit()],
    [m.culprits_victim(), m.word_victim()],
    [m.os_process(), m.word_os_process()],
    [m.pressure(), m.word_pressure()],
  ];
}
