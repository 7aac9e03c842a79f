import { Link, useRouter, type ErrorComponentProps } from "@tanstack/react-router";
import { asProblem } from "@/api/problem";
import { Loading, Nothing, ProblemNote } from "./ui/states";

export function PageLoading() {
  return <Loading what="page" />;
}

export function PageMissing() {
  return (
    <Nothing title="There is no such page">
      <Link to="/">Go to Play</Link>
    </Nothing>
  );
}

export function PageFailed({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <ProblemNote
      problem={asProblem(error)}
      onRetry={() => {
        reset();
        void router.invalidate();
      }}
    />
  );
}
