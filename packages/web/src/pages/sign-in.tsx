/** Password, or the one-time link `/sign-in#once=...`, whose secret stays behind the `#` and so out of every log. */
import { useEffect, useRef, useState, type FormEvent } from "react";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { Alert, Button, PasswordInput, TextInput } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { m } from "@culprit/messages";
import { useSignIn, type Credentials } from "../api/session.ts";
import { LanguageChoice } from "../ui/choices.tsx";
import { Logo } from "../ui/logo.tsx";
import { usePageName } from "../ui/page.tsx";
import { problemText } from "../ui/problem-text.ts";
import { onceToken, safeBack } from "./sign-in-link.ts";

const route = getRouteApi("/sign-in");

export function SignInPage() {
  usePageName(m.sign_in());
  const { back } = route.useSearch();
  const router = useRouter();
  const signIn = useSignIn();
  const [user, setUser] = useState("admin");
  const [password, setPassword] = useState("");
  const enter = (credentials: Credentials) =>
    signIn.mutate(credentials, { onSuccess: () => router.history.replace(safeBack(back)) });
  useOnceLink(enter);
  const once = signIn.variables !== undefined && "once" in signIn.variables;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter({ user, password });
  };
  return (
    <main className="sign-in">
      <form onSubmit={submit} className="sign-in-form" aria-busy={signIn.isPending}>
        <h1 className="sign-in-name">
          <Logo size={32} /> {m.product_name()}
        </h1>
        <p className="quiet">{m.product_sentence()}</p>
        {signIn.isError && (
          <Alert role="alert" color="red" variant="light" icon={<IconAlertTriangle aria-hidden />}>
            {once ? m.once_link_used() : problemText(signIn.error)}
          </Alert>
        )}
        <TextInput
          label={m.user()}
          name="user"
          autoComplete="username"
          required
          value={user}
          onChange={({ currentTarget }) => setUser(currentTarget.value)}
        />
        <PasswordInput
          label={m.password()}
          name="password"
          autoComplete="current-password"
          required
          data-autofocus
          value={password}
          onChange={({ currentTarget }) => setPassword(currentTarget.value)}
        />
        <Button type="submit" loading={signIn.isPending} fullWidth>
          {m.sign_in()}
        </Button>
        <p className="quiet small">{m.sign_in_forgotten()}</p>
        <LanguageChoice />
      </form>
    </main>
  );
}

/** Uses the link once, also where effects run twice, and takes the secret out of the address at once. */
function useOnceLink(enter: (credentials: Credentials) => void): void {
  const used = useRef(false);
  useEffect(() => {
    const once = onceToken(location.hash);
    if (once === undefined || used.current) return;
    used.current = true;
    history.replaceState(history.state, "", location.pathname + location.search);
    enter({ once });
  });
}
