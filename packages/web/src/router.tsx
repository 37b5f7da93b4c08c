/** One route per page, each loaded when it is first visited. The URL holds what a page shows. */
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import type { QueryClient } from "@tanstack/react-query";
import { z } from "zod";
import { executionKinds, executionOutcomes, instant, move } from "@culprit/protocol";
import { sessionQuery } from "./api/session.ts";
import { queryClient } from "./api/client.ts";
import { PageFailed, PageMissing } from "./ui/page-failed.tsx";
import { Shell } from "./ui/shell.tsx";

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Outlet,
  notFoundComponent: PageMissing,
  errorComponent: PageFailed,
});

/** A damaged link loses what can't be read of it, not the page. */
const optionalText = z.string().max(300).optional().catch(undefined);
const optionalInstant = instant.optional().catch(undefined);
const days = z
  .union([z.literal(1), z.literal(7), z.literal(30), z.literal(90)])
  .optional()
  .catch(undefined);
const span = { from: optionalInstant, to: optionalInstant };

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: z.object({ back: optionalText }),
  component: lazyRouteComponent(() => import("./pages/sign-in.tsx"), "SignInPage"),
});

const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  beforeLoad: async ({ context, location }) => {
    const session = await context.queryClient.ensureQueryData(sessionQuery);
    if (!session)
      throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { back: location.href } });
  },
  component: Shell,
});

const overview = createRoute({
  getParentRoute: () => signedIn,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/overview.tsx"), "OverviewPage"),
});

const timeline = createRoute({
  getParentRoute: () => signedIn,
  path: "/timeline",
  validateSearch: z.object({
    ...span,
    last: z
      .number()
      .positive()
      .max(400 * 86_400)
      .optional()
      .catch(undefined),
    machine: optionalText,
    process: optionalText,
    kind: z.enum(executionKinds).optional().catch(undefined),
    outcome: z.enum(executionOutcomes).optional().catch(undefined),
    steps: z.boolean().optional().catch(undefined),
    notable: z.boolean().optional().catch(undefined),
    table: z.boolean().optional().catch(undefined),
  }),
  component: lazyRouteComponent(() => import("./pages/timeline.tsx"), "TimelinePage"),
});

const processes = createRoute({
  getParentRoute: () => signedIn,
  path: "/processes",
  validateSearch: z.object({ days }),
  component: lazyRouteComponent(() => import("./pages/processes.tsx"), "ProcessesPage"),
});

const process = createRoute({
  getParentRoute: () => signedIn,
  path: "/processes/$process",
  validateSearch: z.object({ days, machine: optionalText }),
  component: lazyRouteComponent(() => import("./pages/process.tsx"), "ProcessPage"),
});

const execution = createRoute({
  getParentRoute: () => signedIn,
  path: "/executions/$execution",
  validateSearch: z.object({ machine: optionalText }),
  component: lazyRouteComponent(() => import("./pages/why.tsx"), "WhyPage"),
});

const culprits = createRoute({
  getParentRoute: () => signedIn,
  path: "/culprits",
  validateSearch: z.object({ days, open: optionalText }),
  component: lazyRouteComponent(() => import("./pages/culprits.tsx"), "CulpritsPage"),
});

const schedule = createRoute({
  getParentRoute: () => signedIn,
  path: "/schedule",
  validateSearch: z.object({ days, moves: z.array(move).max(20).optional().catch(undefined) }),
  component: lazyRouteComponent(() => import("./pages/schedule.tsx"), "SchedulePage"),
});

const differences = createRoute({
  getParentRoute: () => signedIn,
  path: "/differences",
  validateSearch: z.object({ ...span, machine: optionalText }),
  component: lazyRouteComponent(() => import("./pages/differences.tsx"), "DifferencesPage"),
});

const machines = createRoute({
  getParentRoute: () => signedIn,
  path: "/machines",
  validateSearch: z.object({ group: optionalText, label: optionalText }),
  component: lazyRouteComponent(() => import("./pages/machines.tsx"), "MachinesPage"),
});

const addMachine = createRoute({
  getParentRoute: () => signedIn,
  path: "/add-machine",
  validateSearch: z.object({ again: optionalText }),
  component: lazyRouteComponent(() => import("./pages/add-machine.tsx"), "AddMachinePage"),
});

const machine = createRoute({
  getParentRoute: () => signedIn,
  path: "/machines/$machine",
  validateSearch: z.object({
    ...span,
    at: optionalInstant,
    hours: z
      .number()
      .positive()
      .max(24 * 31)
      .optional()
      .catch(undefined),
  }),
  component: lazyRouteComponent(() => import("./pages/machine.tsx"), "MachinePage"),
});

const availability = createRoute({
  getParentRoute: () => signedIn,
  path: "/availability",
  validateSearch: z.object({ days, ...span }),
  component: lazyRouteComponent(() => import("./pages/availability.tsx"), "AvailabilityPage"),
});

const checks = createRoute({
  getParentRoute: () => signedIn,
  path: "/checks",
  validateSearch: z.object({ edit: optionalText }),
  component: lazyRouteComponent(() => import("./pages/checks.tsx"), "ChecksPage"),
});

const check = createRoute({
  getParentRoute: () => signedIn,
  path: "/checks/$check",
  component: lazyRouteComponent(() => import("./pages/check.tsx"), "CheckPage"),
});

const settings = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings",
  component: lazyRouteComponent(() => import("./pages/settings.tsx"), "SettingsPage"),
});

const routeTree = root.addChildren([
  signIn,
  signedIn.addChildren([
    overview,
    timeline,
    processes,
    process,
    execution,
    culprits,
    schedule,
    differences,
    machines,
    addMachine,
    machine,
    availability,
    checks,
    check,
    settings,
  ]),
]);

export const router = createRouter({
  routeTree,
  context: { queryClient },
  defaultPreload: "intent",
  scrollRestoration: true,
  defaultErrorComponent: PageFailed,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
