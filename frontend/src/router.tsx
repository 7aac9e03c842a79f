/** The routes. A page is loaded when it is first opened, and its state worth sharing is in its address. */

import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { PageFailed, PageLoading, PageMissing } from "./components/page-states";
import { Shell } from "./components/shell/Shell";
import { episodeFilters, liveSearch, playSearch, taskFilters, textFilter } from "./pages/search";
import { PAGE_PATH } from "./place";

const root = createRootRoute({ component: Shell, notFoundComponent: PageMissing });

const play = createRoute({
  getParentRoute: () => root,
  path: "/",
  validateSearch: playSearch,
  component: lazyRouteComponent(() => import("./pages/play/PlayPage"), "PlayPage"),
});
const sandbox = createRoute({
  getParentRoute: () => root,
  path: "/sandbox",
  component: lazyRouteComponent(() => import("./pages/sandbox/SandboxPage"), "SandboxPage"),
});
const live = createRoute({
  getParentRoute: () => root,
  path: "/live",
  validateSearch: liveSearch,
  component: lazyRouteComponent(() => import("./pages/live/LivePage"), "LivePage"),
});
const episodes = createRoute({
  getParentRoute: () => root,
  path: "/episodes",
  validateSearch: episodeFilters,
  component: lazyRouteComponent(() => import("./pages/episodes/EpisodesPage"), "EpisodesPage"),
});
const episode = createRoute({
  getParentRoute: () => root,
  path: "/episodes/$episodeId",
  component: lazyRouteComponent(() => import("./pages/episodes/EpisodePage"), "EpisodePage"),
});
const catalogue = createRoute({ getParentRoute: () => root, path: "/tasks" });
const tasks = createRoute({
  getParentRoute: () => catalogue,
  path: "/",
  validateSearch: taskFilters,
  component: lazyRouteComponent(() => import("./pages/tasks/TasksPage"), "TasksPage"),
});
const task = createRoute({
  getParentRoute: () => catalogue,
  // A task's id may have slashes.
  path: "$",
  component: lazyRouteComponent(() => import("./pages/tasks/TaskPage"), "TaskPage"),
});
const agents = createRoute({
  getParentRoute: () => root,
  path: "/agents",
  validateSearch: textFilter,
  component: lazyRouteComponent(() => import("./pages/agents/AgentsPage"), "AgentsPage"),
});
const agent = createRoute({
  getParentRoute: () => root,
  path: "/agents/$agentId",
  component: lazyRouteComponent(() => import("./pages/agents/AgentPage"), "AgentPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    play,
    sandbox,
    live,
    episodes,
    episode,
    catalogue.addChildren([tasks, task]),
    agents,
    agent,
  ]),
  basepath: PAGE_PATH,
  defaultPreload: "intent",
  defaultPendingComponent: PageLoading,
  defaultErrorComponent: PageFailed,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
