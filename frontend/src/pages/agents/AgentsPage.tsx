import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { agentsQuery } from "@/api/queries";
import { asProblem } from "@/api/problem";
import type { AgentSummary } from "@/api/types";
import { RewardMeter } from "@/components/reward/Reward";
import { Words } from "@/components/terminal/TerminalText";
import { Ago } from "@/components/ui/Ago";
import { SearchField } from "@/components/ui/Field";
import { LevelName } from "@/components/ui/LevelName";
import { Pager } from "@/components/ui/Pager";
import { Loading, Nothing, ProblemNote } from "@/components/ui/states";
import { Table, type Column } from "@/components/ui/Table";
import { count, counted, share } from "@/text/format";
import styles from "./Agents.module.css";

const PER_PAGE = 50;
const REFRESH_MS = 10_000;
const route = getRouteApi("/agents");
const EVAL = "eval";

const COLUMNS: readonly Column<AgentSummary>[] = [
  { name: "Agent", cell: agent => <Words text={agent.agent_id} limit={80} /> },
  {
    name: "Level",
    // In evaluation nothing moves: there is no curriculum.
    cell: agent =>
      agent.partition === EVAL ? (
        <span className="faint">evaluation</span>
      ) : (
        <LevelName level={agent.level} />
      ),
  },
  { name: "Episodes", cell: agent => count(agent.episodes), numeric: true, wide: true },
  { name: "Steps", cell: agent => count(agent.steps), numeric: true, wide: true },
  {
    name: "Solved",
    cell: agent => (agent.episodes ? share(agent.solved / agent.episodes) : "–"),
    numeric: true,
  },
  {
    name: "Mean final reward",
    cell: agent => <RewardMeter value={agent.mean_final_reward} />,
    numeric: true,
  },
  { name: "Last active", cell: agent => <Ago timeMs={agent.last_ms} />, numeric: true, wide: true },
];

export function AgentsPage() {
  const { q, page = 1 } = route.useSearch();
  const navigate = route.useNavigate();
  const found = useQuery({
    ...agentsQuery({ q, offset: (page - 1) * PER_PAGE, limit: PER_PAGE }),
    refetchInterval: REFRESH_MS,
  });
  const total = found.data?.total ?? 0;
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>Agents</h1>
        {found.data && <p className="muted">{counted(total, "agent")}, those active last first</p>}
      </header>
      <div className={styles.filters} role="search">
        <SearchField
          label="Search agents"
          value={q ?? ""}
          onSearch={next => void navigate({ search: { q: next || undefined }, replace: true })}
        />
      </div>
      {found.isPending && <Loading what="agents" lines={6} />}
      {found.error && !found.data && (
        <ProblemNote problem={asProblem(found.error)} onRetry={() => void found.refetch()} />
      )}
      {found.data?.agents.length === 0 && (
        <Nothing title={q ? "No agent matches" : "No agent has played yet"}>
          {!q && "Whoever resets an episode is one, under the agent_id that the reset names."}
        </Nothing>
      )}
      {found.data && found.data.agents.length > 0 && (
        <>
          <Table
            label="Agents"
            columns={COLUMNS}
            rows={found.data.agents}
            rowKey={agent => agent.agent_id}
            link={opened}
          />
          <Pager
            page={page}
            pages={Math.ceil(total / PER_PAGE)}
            onPage={next => void navigate({ search: before => ({ ...before, page: next }) })}
          />
        </>
      )}
    </div>
  );
}

/** What belongs to another owner is listed for an admin, and opens for its owner alone. */
function opened(agent: AgentSummary) {
  if (agent.agent_id.includes("/")) return null;
  return <Link to="/agents/$agentId" params={{ agentId: agent.agent_id }} />;
}
