import { useSyncExternalStore } from "react";
import { eventLog, type LogView } from "./log";
import type { StreamStatus } from "./stream";

/** The last events; the stream is followed while a component uses this. */
export function useEvents(): LogView {
  return useSyncExternalStore(eventLog.use, eventLog.snapshot);
}

export function useStreamStatus(): StreamStatus {
  return useSyncExternalStore(eventLog.watch, eventLog.status);
}
