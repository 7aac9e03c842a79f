import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Play as PlayIcon } from "lucide-react";
import { asProblem } from "@/api/problem";
import { taskQuery } from "@/api/queries";
import type { TaskDetail } from "@/api/types";
import { Code } from "@/components/code/Code";
import { Description } from "@/components/task/Description";
import { TerminalText, Words } from "@/components/terminal/TerminalText";
import { LevelName } from "@/components/ui/LevelName";
import { Stats, type Stat } from "@/components/ui/Stats";
import { Loading, ProblemNote } from "@/components/ui/states";
import facts from "@/components/verdict/Facts.module.css";
import { count, counted, reward, share, words } from "@/text/format";
import styles from "./Tasks.module.css";

const route = getRouteApi("/tasks/$");

/** A task, as an agent may know it. */
export function TaskPage() {
  const { _splat: taskId = "" } = route.useParams();
  const { data: task, error, refetch } = useQuery(taskQuery(taskId));
  if (!task) {
    return error ? (
      <ProblemNote problem={asProblem(error)} onRetry={() => void refetch()} />
    ) : (
      <Loading what="task" lines={8} />
    );
  }
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>
          <Words text={task.title} />
        </h1>
        <p className={styles.facts}>
          <span className="mono">
            <Words text={task.id} />
          </span>
          <LevelName level={task.difficulty} />
          {task.category !== task.difficulty && (
            <Link to="/tasks" search={{ category: task.category }}>
              {task.category}
            </Link>
          )}
          {task.split !== "train" && <span>{words(task.split)}</span>}
        </p>
        <Link to="/" search={{ task: task.id }} className={styles.play}>
          <PlayIcon size={15} strokeWidth={1.75} aria-hidden="true" /> Play
        </Link>
      </header>
      <Description text={task.description} />
      <Stats label="Statistics" stats={statistics(task)} />
      <div className={styles.columns}>
        <section aria-labelledby="task-code">
          <h2 id="task-code">The code as given</h2>
          <Code label="The code as given" value={task.buggy_code} size="fit" />
        </section>
        <div>
          <VisibleTests task={task} />
          <About task={task} />
          <Certificate certificate={task.certificate} />
        </div>
      </div>
    </div>
  );
}

function statistics({ statistics: found }: TaskDetail): Stat[] {
  if (!found) return [{ name: "Steps", value: "–", note: "not told apart from other tasks" }];
  return [
    {
      name: "Success rate",
      value: found.episodes ? share(found.solved / found.episodes) : "–",
      note: `${counted(found.solved, "episode")} solved`,
    },
    { name: "Mean reward", value: reward(found.mean_reward), note: `of ${counted(found.steps, "step")}` },
    {
      name: "Mean final reward",
      value: reward(found.mean_final_reward),
      note: `of ${counted(found.episodes, "episode")}`,
    },
  ];
}

function VisibleTests({ task }: { task: TaskDetail }) {
  return (
    <section aria-labelledby="task-tests">
      <h2 id="task-tests">Tests</h2>
      <ul className={styles.tests}>
        {task.visible_tests.map((name, number) => (
          <li key={number}>
            <Words text={name} />
          </li>
        ))}
        {task.tests_hidden > 0 && <li className="faint">and {counted(task.tests_hidden, "hidden test")}</li>}
      </ul>
    </section>
  );
}

function About({ task }: { task: TaskDetail }) {
  const metadata = Object.keys(task.metadata).length > 0 ? JSON.stringify(task.metadata, null, 2) : null;
  return (
    <section aria-labelledby="task-about">
      <h2 id="task-about">About</h2>
      <dl className={facts.facts}>
        <Fact name="Entry point">
          {task.entry_point ? <code>{task.entry_point}</code> : <span className="faint">not told</span>}
        </Fact>
        <Fact name="Wanted complexity">
          {task.optimal_complexity || <span className="faint">not said</span>}
        </Fact>
        <Fact name="Steps of an episode">{count(task.max_steps)}</Fact>
        {task.source && (
          <Fact name="Source">
            <Link to="/tasks" search={{ source: task.source }}>
              <Words text={task.source} limit={80} />
            </Link>
          </Fact>
        )}
        {task.tags.length > 0 && (
          <Fact name="Tags">
            <Words text={task.tags.join(", ")} />
          </Fact>
        )}
        <Fact name="Revision">
          <code title={task.revision}>{task.revision.slice(0, 12)}</code>
        </Fact>
        <Fact name="Episodes">
          <Link to="/episodes" search={{ task: task.id }}>
            Show
          </Link>
        </Fact>
      </dl>
      {metadata && (
        <pre className={styles.json}>
          <TerminalText text={metadata} />
        </pre>
      )}
    </section>
  );
}

/** What was found when the task was certified: whether its tests tell right from wrong, and do so again. */
function Certificate({ certificate }: { certificate: TaskDetail["certificate"] }) {
  if (!certificate) return null;
  return (
    <section aria-labelledby="task-certificate">
      <h2 id="task-certificate">Certificate</h2>
      <dl className={facts.facts}>
        {Object.entries(certificate).map(([name, value]) => (
          <Fact key={name} name={words(name)}>
            <Words text={typeof value === "string" ? value : JSON.stringify(value)} limit={120} />
          </Fact>
        ))}
      </dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
