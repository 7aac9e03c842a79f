import { useStreamStatus } from "@/events/use-events";
import { useCountdown } from "./states";
import styles from "./StreamState.module.css";

/** Whether live data come: in a word, and when they are asked for again. */
export function StreamState() {
  const status = useStreamStatus();
  const wait = useCountdown(status.state === "waiting" ? status.retryAtMs : null);
  const said = {
    closed: "not followed",
    connecting: "connecting",
    open: "live",
    waiting: wait > 0 ? `away, again in ${wait} s` : "away",
    refused: "refused",
  }[status.state];
  return (
    <span className={styles.state} data-state={status.state} role="status">
      {said}
    </span>
  );
}
