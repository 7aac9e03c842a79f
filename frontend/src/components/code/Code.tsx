import { lazy, Suspense, type ComponentProps } from "react";
import { Loading } from "../ui/states";

const Loaded = lazy(async () => ({ default: (await import("./CodeEditor")).CodeEditor }));

/** Code, to edit or to read, compared with other code or not. The editor is loaded when the first of them is shown. */
export function Code(props: ComponentProps<typeof Loaded>) {
  return (
    <Suspense fallback={<Loading what="editor" lines={6} />}>
      <Loaded {...props} />
    </Suspense>
  );
}
