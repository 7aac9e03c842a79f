import { ChevronsUpDown } from "lucide-react";
import { Link } from "@tanstack/react-router";
import { Loading } from "@/components/ui/states";
import { LevelName } from "@/components/ui/LevelName";
import { Description } from "@/components/task/Description";
import { Words } from "@/components/terminal/TerminalText";
import { counted } from "@/text/format";
import styles from "./Play.module.css";
import type { Session } from "./session";

export function TaskHeader({ session, onPick }: { session: Session; onPick: () => void }) {
  const { task } = session;
  if (!task) return <Loading what="task" lines={2} />;
  return (
    <header className={styles.header}>
      <div className={styles.titleRow}>
        <h1>
          <button type="button" className={styles.picker} onClick={onPick} title="Choose a task ( / )">
            <Words text={task.title} />
            <ChevronsUpDown size={16} strokeWidth={1.75} aria-hidden="true" />
            <span className="sr-only">, choose another task</span>
          </button>
        </h1>
        <p className={styles.facts}>
          <Link to="/tasks/$" params={{ _splat: task.id }} className="mono">
            {task.id}
          </Link>
          <LevelName level={task.difficulty} />
          {task.category !== task.difficulty && <span>{task.category}</span>}
          <span>
            {counted(task.tests_visible, "visible test")}, {task.tests_hidden} hidden
          </span>
          {task.optimal_complexity && <span>wanted {task.optimal_complexity}</span>}
        </p>
      </div>
      <Description text={task.description} />
    </header>
  );
}
