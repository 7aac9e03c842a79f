import * as Ariakit from "@ariakit/react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { AGENT_PATTERN, setAgent, useAgent } from "@/agent";
import { asProblem } from "@/api/problem";
import { taskLabelsQuery, tasksQuery } from "@/api/queries";
import type { TaskSummary } from "@/api/types";
import { Words } from "@/components/terminal/TerminalText";
import { Button } from "@/components/ui/Button";
import { Select, TextField } from "@/components/ui/Field";
import { LevelName } from "@/components/ui/LevelName";
import { Segmented } from "@/components/ui/Segmented";
import { Loading, Nothing, ProblemNote } from "@/components/ui/states";
import { count, counted } from "@/text/format";
import type { Level } from "../search";
import styles from "./TaskPicker.module.css";

const AUTO = "auto";

/** onPick: gets a task's id, a level, or "auto". */
export function TaskPicker({ onPick }: { onPick: (choice: string) => void }) {
  const [typed, setTyped] = useState("");
  const [level, setLevel] = useState<Level | "any">("any");
  const [category, setCategory] = useState("");
  const categories = useQuery(taskLabelsQuery).data?.categories ?? [];
  const q = useDeferredValue(typed.trim());
  const found = useInfiniteQuery(
    tasksQuery({ ...(q && { q }), ...(level !== "any" && { level }), ...(category && { category }) }),
  );
  const tasks = found.data?.pages.flatMap(page => page.tasks) ?? [];
  const total = found.data?.pages[0]?.total ?? 0;
  return (
    <Ariakit.ComboboxProvider inputValue={typed} setInputValue={setTyped} open>
      <div className={styles.bar}>
        <Ariakit.Combobox
          // It is what the dialog is for.
          // eslint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          autoSelect
          className={styles.search}
          aria-label="Search tasks"
          placeholder="Search by id, title or category"
        />
        <Segmented
          label="Level"
          value={level}
          onChange={setLevel}
          options={[
            { value: "any", name: "Any" },
            { value: "easy", name: "Easy" },
            { value: "medium", name: "Medium" },
            { value: "hard", name: "Hard" },
          ]}
        />
        {categories.length > 1 && (
          <Select
            label="Category"
            any="Any category"
            value={category}
            options={categories.map(({ value, tasks }) => ({ value, name: `${value} (${count(tasks)})` }))}
            onChange={value => {
              setCategory(value ?? "");
            }}
          />
        )}
      </div>
      <Ariakit.ComboboxList alwaysVisible className={styles.list} aria-label="Tasks">
        {q === "" && category === "" && <Auto onPick={onPick} level={level} />}
        {tasks.map(task => (
          <Choice key={task.id} task={task} onPick={onPick} />
        ))}
      </Ariakit.ComboboxList>
      {found.isPending && <Loading what="tasks" />}
      {found.error && <ProblemNote problem={asProblem(found.error)} onRetry={() => void found.refetch()} />}
      {found.isSuccess && tasks.length === 0 && (
        <Nothing title="No task matches">Search for fewer words.</Nothing>
      )}
      <footer className={styles.foot}>
        <p className="muted">{found.isSuccess && `${counted(tasks.length, "task")} of ${total}`}</p>
        {found.hasNextPage && (
          <Button look="quiet" busy={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
            Show more
          </Button>
        )}
        <AgentField />
      </footer>
    </Ariakit.ComboboxProvider>
  );
}

/** What stands for several tasks: the curriculum's choice, or any of a level. */
function Auto({ onPick, level }: { onPick: (choice: string) => void; level: Level | "any" }) {
  const agentId = useAgent();
  const any = level === "any";
  return (
    <Ariakit.ComboboxItem
      className={styles.item}
      value={any ? "Auto" : `Any ${level}`}
      setValueOnClick={false}
      hideOnClick={false}
      onClick={() => {
        onPick(any ? AUTO : level);
      }}
    >
      <span className={styles.title}>{any ? "Auto" : `Any ${level} task`}</span>
      <span className={styles.more}>
        {any ? `what the curriculum would choose for ${agentId}` : "one of them, by chance"}
      </span>
    </Ariakit.ComboboxItem>
  );
}

function Choice({ task, onPick }: { task: TaskSummary; onPick: (choice: string) => void }) {
  return (
    <Ariakit.ComboboxItem
      className={styles.item}
      value={task.id}
      setValueOnClick={false}
      hideOnClick={false}
      onClick={() => {
        onPick(task.id);
      }}
    >
      <span className={styles.title}>
        <Words text={task.title} limit={120} />
      </span>
      <LevelName level={task.difficulty} />
      <span className={styles.more}>
        <span className="mono">
          <Words text={task.id} limit={80} />
        </span>
        {task.category !== task.difficulty && ` · ${task.category}`}
      </span>
    </Ariakit.ComboboxItem>
  );
}

function AgentField() {
  const agentId = useAgent();
  const [typed, setTyped] = useState(agentId);
  return (
    <div className={styles.agent}>
      <TextField
        label="Play as agent"
        value={typed}
        aria-invalid={!AGENT_PATTERN.test(typed) || undefined}
        onChange={event => {
          setTyped(event.target.value);
          setAgent(event.target.value);
        }}
      />
    </div>
  );
}
