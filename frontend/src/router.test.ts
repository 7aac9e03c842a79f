import { expect, test } from "vitest";
import { router } from "./router";

test.each([
  ["/", "/"],
  ["/tasks", "/tasks/"],
  ["/tasks/easy-1", "/tasks/$"],
  ["/tasks/HumanEval/0", "/tasks/$"],
  ["/episodes", "/episodes"],
  ["/episodes/e-1", "/episodes/$episodeId"],
  ["/agents/team:7b", "/agents/$agentId"],
])("%s leads to %s", (path, route) => {
  expect(router.matchRoutes(path, {}).at(-1)?.routeId).toBe(route);
});

test("a task's id keeps its slashes", () => {
  expect(router.matchRoutes("/tasks/HumanEval/0", {}).at(-1)?.params).toMatchObject({
    _splat: "HumanEval/0",
  });
});
