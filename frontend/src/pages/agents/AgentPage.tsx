import { queryOptions, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { answered, client } from "@/api/client";
import { asProblem } from "@/api/problem";
import { curriculumQuery } from "@/api/queries";
import type { CurriculumState, Memory } from "@/api/types";
import { CurriculumFacts } from "@/components/agent/CurriculumFacts";
import { BarList } from "@/components/charts/BarList";
import { Spark } from "@/components/charts/Spark";
import { RewardMeter } from "@/components/reward/Reward";
import { Terminal } from "@/components/terminal/Terminal";
import { TerminalText, Words } from "@/components/terminal/TerminalText";
import { Ago } from "@/components/ui/Ago";
import { Loading, ProblemNote } from "@/components/ui/states";
import { Table, type Column } from "@/components/ui/Table";
import { counted, reward, share } from "@/text/format";
import styles from "./Agents.module.css";

const route = getRouteApi("/agents/$agentId");
const REFRESH_MS = 5_000;
const MOVES = 50;
const NEXT = 12;
const FAILURES = 20;

const memoryQuery = (agentId: string) =>
  queryOptions({
    queryKey: ["memory", agentId],
    queryFn: ({ signal }) =>
      answered(client.GET("/memory", { params: { query: { agent_id: agentId } }, signal })),
  });

/** What is known of an agent: its curriculum, and what it remembers. */
export function AgentPage() {
  const { agentId } = route.useParams();
  const curriculum = useQuery({ ...curriculumQuery(agentId), refetchInterval: REFRESH_MS });
  const memory = useQuery(memoryQuery(agentId));
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>
          <Words text={agentId} limit={128} />
        </h1>
        <Link to="/episodes" search={{ agent: agentId }}>
          Its episodes
        </Link>
      </header>
      <div className={styles.columns}>
        <section aria-labelledby="agent-curriculum">
          <h2 id="agent-curriculum">Curriculum</h2>
          {curriculum.data ? (
            <Standing state={curriculum.data} />
          ) : curriculum.error ? (
            <ProblemNote problem={asProblem(curriculum.error)} onRetry={() => void curriculum.refetch()} />
          ) : (
            <Loading what="curriculum" />
          )}
        </section>
        <div>
          {memory.data ? (
            <Remembered memory={memory.data} />
          ) : memory.error ? (
            <ProblemNote problem={asProblem(memory.error)} onRetry={() => void memory.refetch()} />
          ) : (
            <Loading what="memory" lines={8} />
          )}
        </div>
      </div>
    </div>
  );
}

function Standing({ state }: { state: CurriculumState }) {
  const next = Object.entries(state.next_tasks)
    .sort(([, a], [, b]) => b.probability - a.probability)
    .slice(0, NEXT);
  const most = next[0]?.[1].probability ?? 1;
  return (
    <>
      <CurriculumFacts state={state} moves={MOVES} />
      {state.window.length > 1 && (
        <p className={styles.window}>
          <Spark
            values={state.window}
            label={`Final rewards of the window: ${state.window.map(reward).join(", ")}`}
          />
          <span className="muted">final rewards of the window</span>
        </p>
      )}
      {next.length > 0 && (
        <>
          <h3>What “auto” would choose</h3>
          <BarList
            label="Chances of the next tasks"
            bars={next.map(([taskId, chance]) => ({
              name: taskId,
              share: chance.probability / most,
              value: `${share(chance.probability)} · solved ${share(chance.success)}`,
            }))}
          />
          {state.next_tasks_others > 0 && (
            <p className="faint">and {counted(state.next_tasks_others, "other task")}</p>
          )}
        </>
      )}
    </>
  );
}

type Best = Memory["best"][number];

const COLUMNS: readonly Column<Best>[] = [
  { name: "Task", cell: best => <Words text={best.task_id} limit={80} /> },
  { name: "Best reward", cell: best => <RewardMeter value={best.reward} />, numeric: true },
  { name: "Solved", cell: best => (best.solved ? "yes" : "no") },
  { name: "Step", cell: best => String(best.step), numeric: true, wide: true },
  { name: "When", cell: best => <Ago timeMs={best.time_ms} />, numeric: true, wide: true },
];

function Remembered({ memory }: { memory: Memory }) {
  const best = memory.best.toSorted((a, b) => b.time_ms - a.time_ms);
  return (
    <>
      <section aria-labelledby="agent-best">
        <h2 id="agent-best">Best attempts</h2>
        {best.length === 0 ? (
          <p className="muted">It remembers no attempt yet.</p>
        ) : (
          <Table
            label="Best attempts"
            columns={COLUMNS}
            rows={best}
            rowKey={each => each.task_id}
            link={each => <Link to="/episodes/$episodeId" params={{ episodeId: each.episode_id }} />}
          />
        )}
      </section>
      {memory.failures.length > 0 && (
        <section aria-labelledby="agent-failures">
          <h2 id="agent-failures">Last failures</h2>
          <ul className={styles.failures}>
            {memory.failures.slice(0, FAILURES).map(failure => (
              <li key={`${failure.task_id} ${failure.signature}`}>
                <details>
                  <summary>
                    <Words text={failure.signature} limit={120} />{" "}
                    <span className="faint">
                      <Words text={failure.task_id} limit={60} />, {counted(failure.count, "time")},{" "}
                      <Ago timeMs={failure.last_ms} />
                    </span>
                  </summary>
                  <Terminal label={`Log of ${failure.task_id}`}>
                    <TerminalText text={failure.error_log} />
                  </Terminal>
                </details>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
