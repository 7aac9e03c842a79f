import { useQuery } from "@tanstack/react-query";
import { readyQuery } from "@/api/queries";
import styles from "./GatewayState.module.css";

/** Whether attempts can be graded, and where they run, in two lines. */
export function GatewayState() {
  const { data, isError, isPending } = useQuery(readyQuery);
  const state = isPending ? "asked" : isError ? "away" : data.ready ? "up" : "down";
  const said = { asked: "Connecting", away: "No answer", up: "Ready", down: "Not ready" }[state];
  const isolation = data?.isolation;
  return (
    <div className={styles.state}>
      <p>
        <span className={styles.dot} data-state={state} aria-hidden="true" />
        {said}
      </p>
      {!isError && isolation && (
        <p className={styles.more}>
          {isolation.name}
          {isolation.python && `, Python ${isolation.python}`}
        </p>
      )}
    </div>
  );
}
