import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { answered, client } from "@/api/client";
import { asProblem } from "@/api/problem";
import type { EpisodeSummary } from "@/api/types";
import { RewardMeter } from "@/components/reward/Reward";
import { Words } from "@/components/terminal/TerminalText";
import { Ago } from "@/components/ui/Ago";
import { Button } from "@/components/ui/Button";
import { SearchField, Select } from "@/components/ui/Field";
import { LevelName } from "@/components/ui/LevelName";
import { OutcomeName } from "@/components/ui/OutcomeName";
import { Loading, Nothing, ProblemNote } from "@/components/ui/states";
import { Table, type Column } from "@/components/ui/Table";
import { counted } from "@/text/format";
import { LEVELS, OUTCOMES, type episodeFilters } from "../search";
import styles from "./Episodes.module.css";

const PER_PAGE = 50;
const route = getRouteApi("/episodes");

type Filters = ReturnType<typeof episodeFilters>;

const episodesQuery = ({ agent, task, ...rest }: Filters) =>
  infiniteQueryOptions({
    queryKey: ["episodes", agent, task, rest],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...rest, agent_id: agent, task_id: task, before: pageParam, limit: PER_PAGE };
      return answered(client.GET("/episodes", { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: last => last.next ?? undefined,
    placeholderData: before => before,
  });

const COLUMNS: readonly Column<EpisodeSummary>[] = [
  {
    name: "Task",
    cell: episode => <Words text={episode.task_id} limit={80} />,
  },
  { name: "Agent", cell: episode => <Words text={episode.agent_id} limit={40} /> },
  { name: "Level", cell: episode => <LevelName level={episode.level} />, wide: true },
  { name: "Outcome", cell: episode => <OutcomeName outcome={episode.outcome} /> },
  {
    name: "Method",
    cell: episode => (episode.method ? <Words text={episode.method} limit={32} /> : "–"),
    wide: true,
  },
  { name: "Steps", cell: episode => `${episode.step} of ${episode.max_steps}`, numeric: true, wide: true },
  { name: "Best", cell: episode => <RewardMeter value={episode.best_reward} />, numeric: true },
  { name: "When", cell: episode => <Ago timeMs={episode.time_ms} />, numeric: true, wide: true },
];

export function EpisodesPage() {
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const found = useInfiniteQuery(episodesQuery(filters));
  const episodes = found.data?.pages.flatMap(page => page.episodes) ?? [];
  const narrowing = Object.keys(filters).length > 0;
  const set = (change: Filters) =>
    void navigate({ search: before => ({ ...before, ...change }), replace: "q" in change });
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>Episodes</h1>
        {found.data && (
          <p className="muted" aria-live="polite">
            the last {counted(episodes.length, "episode")}
            {narrowing && " that match"}
          </p>
        )}
      </header>
      <div className={styles.filters} role="search">
        <SearchField
          label="Search episodes"
          placeholder="Search by episode, agent or task"
          value={filters.q ?? ""}
          onSearch={q => {
            set({ q: q || undefined });
          }}
        />
        <Select
          label="Level"
          any="Any level"
          value={filters.level ?? ""}
          options={LEVELS.map(value => ({ value }))}
          onChange={level => {
            set({ level });
          }}
        />
        <Select
          label="Outcome"
          any="Any outcome"
          value={filters.outcome ?? ""}
          options={OUTCOMES.map(value => ({ value, name: value.replace("_", " ") }))}
          onChange={outcome => {
            set({ outcome });
          }}
        />
        {(["agent", "task", "method"] as const).map(name => {
          const value = filters[name];
          return (
            value !== undefined && (
              <Button
                key={name}
                aria-label={`Any ${name}, not only ${value}`}
                onClick={() => {
                  set({ [name]: undefined });
                }}
              >
                {name} <Words text={value} limit={40} /> ×
              </Button>
            )
          );
        })}
      </div>
      {found.isPending && <Loading what="episodes" lines={8} />}
      {found.error && !found.data && (
        <ProblemNote problem={asProblem(found.error)} onRetry={() => void found.refetch()} />
      )}
      {found.data && episodes.length === 0 && (
        <Nothing
          title={narrowing ? "No episode matches, as far as was looked" : "No episode has been played yet"}
        >
          {narrowing ? (
            <Button onClick={() => void navigate({ search: {} })}>Show all</Button>
          ) : (
            <Link to="/">Play the first one</Link>
          )}
        </Nothing>
      )}
      {episodes.length > 0 && (
        <Table
          label="Episodes"
          columns={COLUMNS}
          rows={episodes}
          rowKey={episode => episode.episode_id}
          link={episode => <Link to="/episodes/$episodeId" params={{ episodeId: episode.episode_id }} />}
        />
      )}
      {found.hasNextPage && (
        <p className={styles.further}>
          <Button busy={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
            Look further back
          </Button>
        </p>
      )}
    </div>
  );
}
