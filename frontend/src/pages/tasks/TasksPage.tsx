import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { answeredWith, client } from "@/api/client";
import { asProblem } from "@/api/problem";
import { taskLabelsQuery } from "@/api/queries";
import type { TaskSummary } from "@/api/types";
import { RewardMeter } from "@/components/reward/Reward";
import { Words } from "@/components/terminal/TerminalText";
import { Button } from "@/components/ui/Button";
import { SearchField, Select } from "@/components/ui/Field";
import { LevelName } from "@/components/ui/LevelName";
import { Pager } from "@/components/ui/Pager";
import { Loading, Nothing, ProblemNote } from "@/components/ui/states";
import { Table, type Column } from "@/components/ui/Table";
import { count, counted, share } from "@/text/format";
import type { taskFilters } from "../search";
import styles from "./Tasks.module.css";

const PER_PAGE = 50;
const route = getRouteApi("/tasks/");

type Filters = ReturnType<typeof taskFilters>;

function pageOf({ page = 1, ...filters }: Filters) {
  const query = { ...filters, statistics: true, offset: (page - 1) * PER_PAGE, limit: PER_PAGE };
  return {
    queryKey: ["tasks", "page", query],
    queryFn: async ({ signal }: { signal: AbortSignal }) => {
      const { data, headers } = await answeredWith(client.GET("/tasks", { params: { query }, signal }));
      return { tasks: data, total: Number(headers.get("X-Total-Count") ?? data.length) };
    },
    // While the next page comes, the last one stays.
    placeholderData: <T,>(before: T) => before,
  };
}

const COLUMNS: readonly Column<TaskSummary>[] = [
  {
    name: "Task",
    cell: task => (
      <>
        <Words text={task.title} limit={120} />
        <span className={styles.id}>
          <Words text={task.id} limit={80} />
        </span>
      </>
    ),
  },
  { name: "Level", cell: task => <LevelName level={task.difficulty} /> },
  { name: "Category", cell: task => <Words text={task.category} limit={40} />, wide: true },
  { name: "Tests", cell: task => `${task.tests_visible} + ${task.tests_hidden}`, numeric: true, wide: true },
  { name: "Wanted", cell: task => task.optimal_complexity || "–", wide: true },
  { name: "Certificate", cell: task => (task.certified ? "certified" : "–"), wide: true },
  {
    name: "Steps",
    cell: task => (task.statistics ? count(task.statistics.steps) : "–"),
    numeric: true,
    wide: true,
  },
  { name: "Solved", cell: task => solved(task), numeric: true },
  { name: "Mean reward", cell: task => <RewardMeter value={task.statistics?.mean_reward} />, numeric: true },
];

/** The share of finished episodes that were solved. */
function solved({ statistics }: TaskSummary): string {
  return statistics && statistics.episodes > 0 ? share(statistics.solved / statistics.episodes) : "–";
}

export function TasksPage() {
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const found = useQuery(pageOf(filters));
  const set = (change: Filters) =>
    void navigate({
      search: before => ({ ...before, page: undefined, ...change }),
      replace: "q" in change,
    });
  const page = filters.page ?? 1;
  const narrowing = Object.keys(filters).some(name => name !== "page");
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>Tasks</h1>
        {found.data && (
          <p className="muted" aria-live="polite">
            {counted(found.data.total, "task")}
            {narrowing && " that match"}
          </p>
        )}
      </header>
      <FilterBar filters={filters} set={set} />
      {found.isPending && <Loading what="tasks" lines={8} />}
      {found.error && !found.data && (
        <ProblemNote problem={asProblem(found.error)} onRetry={() => void found.refetch()} />
      )}
      {found.data?.tasks.length === 0 && (
        <Nothing title={narrowing ? "No task matches" : "This gateway serves no tasks"}>
          {narrowing && <Button onClick={() => void navigate({ search: {} })}>Show all</Button>}
        </Nothing>
      )}
      {found.data && found.data.tasks.length > 0 && (
        <>
          <Table
            label="Tasks"
            columns={COLUMNS}
            rows={found.data.tasks}
            rowKey={task => task.id}
            link={task => <Link to="/tasks/$" params={{ _splat: task.id }} />}
          />
          <Pager
            page={page}
            pages={Math.ceil(found.data.total / PER_PAGE)}
            onPage={next => void navigate({ search: before => ({ ...before, page: next }) })}
          />
        </>
      )}
    </div>
  );
}

interface FilterBarProps {
  filters: Filters;
  set: (change: Filters) => void;
}

function FilterBar({ filters, set }: FilterBarProps) {
  const labels = useQuery(taskLabelsQuery);
  const options = (kind: "categories" | "levels" | "splits" | "sources" | "tags") =>
    (labels.data?.[kind] ?? []).map(({ value, tasks }) => ({ value, name: `${value} (${count(tasks)})` }));
  const selects = [
    ["category", "Category", "Any category", options("categories")],
    ["level", "Level", "Any level", options("levels")],
    ["split", "Split", "Any split", options("splits")],
    ["source", "Source", "Any source", options("sources")],
    ["tag", "Tag", "Any tag", options("tags")],
  ] as const;
  return (
    <div className={styles.filters} role="search">
      <SearchField
        label="Search tasks"
        value={filters.q ?? ""}
        onSearch={q => {
          set({ q: q || undefined });
        }}
      />
      {selects
        // A choice among one is none.
        .filter(([name, , , values]) => values.length > 1 || filters[name] !== undefined)
        .map(([name, label, any, values]) => (
          <Select
            key={name}
            label={label}
            any={any}
            value={filters[name] ?? ""}
            options={values}
            onChange={value => {
              set({ [name]: value });
            }}
          />
        ))}
    </div>
  );
}
