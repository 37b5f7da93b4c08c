/** What every signed-in page stands in: the way between pages, and who is signed in. */
import { useEffect } from "react";
import { Link, Outlet, useRouter, useRouterState } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { ActionIcon, Burger, Menu, useMantineColorScheme, useComputedColorScheme } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconLogout, IconMoon, IconSettings, IconSun, IconUser } from "@tabler/icons-react";
import { m } from "@culprit/messages";
import { sessionQuery, useSignOut } from "../api/session.ts";
import { Logo } from "./logo.tsx";

const places = [
  { to: "/", name: m.overview },
  { to: "/timeline", name: m.timeline },
  { to: "/processes", name: m.processes },
  { to: "/culprits", name: m.culprits },
  { to: "/schedule", name: m.schedule },
  { to: "/machines", name: m.machines },
  { to: "/checks", name: m.checks_page },
] as const;

export function Shell() {
  const [open, { toggle, close }] = useDisclosure();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  useEffect(close, [path, close]);
  useLeaveWhenSignedOut();
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {m.skip_to_content()}
      </a>
      <header className="shell-head">
        <Link to="/" className="shell-name">
          <Logo />
          {m.product_name()}
        </Link>
        <Burger
          className="shell-burger"
          opened={open}
          onClick={toggle}
          size="sm"
          aria-label={m.menu()}
          aria-expanded={open}
          aria-controls="navigation"
        />
        <nav id="navigation" className={open ? "shell-nav open" : "shell-nav"} aria-label={m.pages()}>
          {places.map(({ to, name }) => (
            <Link
              key={to}
              to={to}
              className="shell-link"
              activeOptions={{ exact: to === "/", includeSearch: false }}
              activeProps={{ "aria-current": "page" }}
            >
              {name()}
            </Link>
          ))}
        </nav>
        <div className="shell-tools">
          <ThemeButton />
          <UserMenu />
        </div>
      </header>
      <main id="content" className="shell-main" tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}

/** A session that ended while the page was open: sign in again, and come back here. */
function useLeaveWhenSignedOut(): void {
  const { data } = useQuery({ ...sessionQuery, refetchInterval: 60_000 });
  const router = useRouter();
  useEffect(() => {
    if (data !== null) return;
    void router.navigate({ to: "/sign-in", search: { back: router.state.location.href }, replace: true });
  }, [data, router]);
}

function ThemeButton() {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme("light") === "dark";
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={dark ? m.use_light_theme() : m.use_dark_theme()}
      title={dark ? m.use_light_theme() : m.use_dark_theme()}
      onClick={() => setColorScheme(dark ? "light" : "dark")}
    >
      {dark ? <IconSun size={18} aria-hidden /> : <IconMoon size={18} aria-hidden />}
    </ActionIcon>
  );
}

function UserMenu() {
  const { data } = useQuery(sessionQuery);
  const router = useRouter();
  const signOut = useSignOut();
  const leave = () =>
    signOut.mutate(undefined, { onSettled: () => void router.navigate({ to: "/sign-in", replace: true }) });
  return (
    <Menu position="bottom-end" withinPortal={false}>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={m.user_menu({ user: data?.user ?? "" })}
        >
          <IconUser size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{data?.user}</Menu.Label>
        <Menu.Item
          leftSection={<IconSettings size={16} aria-hidden />}
          onClick={() => void router.navigate({ to: "/settings" })}
        >
          {m.settings()}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={leave}>
          {m.sign_out()}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
