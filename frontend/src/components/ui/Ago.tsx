import { useNow } from "@/now";
import { ago, dateTime } from "@/text/format";

/** How long ago something was, which moves on; the time itself on demand. */
export function Ago({ timeMs }: { timeMs: number }) {
  return (
    <time className="nowrap" dateTime={new Date(timeMs).toISOString()} title={dateTime(timeMs)}>
      {ago(timeMs, useNow())}
    </time>
  );
}
