import { expect, test } from "vitest";
import { kept, KEPT, parsed, type LiveEvent } from "./log";

const message = (data: string) => ({ id: "1-0", kind: "step", data });

test("what is no event is passed over, and the rest is numbered without gaps", () => {
  const found = parsed(
    [message('{"episode_id":"a"}'), message("{"), message("7"), message('{"episode_id":"b"}')],
    40,
  );
  expect(found.map(event => [event.seq, event.data.episode_id])).toEqual([
    [40, "a"],
    [41, "b"],
  ]);
});

test("the last ten thousand are kept, whichever side they come from", () => {
  const events = (count: number, from: number): LiveEvent[] =>
    parsed(
      Array.from({ length: count }, () => message('{"episode_id":"a"}')),
      from,
    );
  const all = kept(events(KEPT, 0), events(3, KEPT));
  expect(all).toHaveLength(KEPT);
  expect([all[0]?.seq, all.at(-1)?.seq]).toEqual([3, KEPT + 2]);
  expect(kept([], events(KEPT + 5, 0))[0]?.seq).toBe(5);
});
