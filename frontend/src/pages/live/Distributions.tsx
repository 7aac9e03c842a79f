import { BarList, type Bar } from "@/components/charts/BarList";
import { toneOf } from "@/components/ui/outcome";
import { count, share, words } from "@/text/format";
import type { Totals } from "./history";

const CLASSES = [
  "O(1)",
  "O(log n)",
  "O(n)",
  "O(n log n)",
  "O(n^2)",
  "O(n^2 log n)",
  "O(n^3)",
  "O(2^n)",
  "unknown",
];
const OUTCOMES = ["solved", "passed", "failed", "load_error", "compile_error"];
const MOST = 8;

type Counts = Record<string, number>;

/** The counts as bars: in the order given, else the largest first. */
function bars(counts: Counts, order?: readonly string[], colour?: (name: string) => string): Bar[] {
  const total = Object.values(counts).reduce((sum, each) => sum + each, 0);
  const largest = Math.max(1, ...Object.values(counts));
  const names = Object.keys(counts).sort((a, b) =>
    order ? order.indexOf(a) - order.indexOf(b) : (counts[b] ?? 0) - (counts[a] ?? 0),
  );
  return names.slice(0, MOST + 1).map(name => {
    const found = counts[name] ?? 0;
    return {
      name: name === "" ? "not named" : words(name),
      share: found / largest,
      value: `${count(found)} · ${share(found / total)}`,
      ...(colour && { colour: colour(name) }),
    };
  });
}

/** What the attempts of the window were like. */
export function Distributions({ totals }: { totals: Totals }) {
  return (
    <>
      <Part
        id="outcomes"
        title="Outcomes"
        bars={bars(totals.outcomes, OUTCOMES, name => `var(--${toneOf(name)})`)}
      />
      <Part id="complexity" title="Complexity" bars={bars(totals.complexity, CLASSES)} />
      <Part id="methods" title="Fixes by method" bars={bars(totals.methods)} />
      <Part id="fixers" title="Repairs asked of the fixer" bars={bars(totals.fixes)} />
      <Part id="judges" title="Judges" bars={bars(totals.judges)} />
    </>
  );
}

function Part({ id, title, bars: shown }: { id: string; title: string; bars: readonly Bar[] }) {
  if (shown.length === 0) return null;
  return (
    <section aria-labelledby={`live-${id}`}>
      <h2 id={`live-${id}`}>{title}</h2>
      <BarList bars={shown} label={title} />
    </section>
  );
}
