import { lazy, Suspense, useState, type ComponentProps } from "react";

const Loaded = lazy(async () => ({ default: (await import("./Dialog")).Dialog }));

/** A dialog, of which nothing is loaded until it is first opened. */
export function LazyDialog(props: ComponentProps<typeof Loaded>) {
  const [wanted, setWanted] = useState(props.open);
  if (props.open && !wanted) setWanted(true);
  return wanted ? (
    <Suspense fallback={null}>
      <Loaded {...props} />
    </Suspense>
  ) : null;
}
