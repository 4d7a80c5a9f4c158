import { useRouter } from '@tanstack/react-router';
import { ProblemNote } from '../ui/Note';

/** A page that failed as a whole; the top bar stays. */
export function RouteProblem({ error, reset }: { error: unknown; reset: () => void }) {
  const router = useRouter();
  return (
    <main className="page narrow" id="main">
      <h1 className="vh">This page could not be shown</h1>
      <ProblemNote
        title="This page could not be shown"
        error={error}
        retry={() => {
          reset();
          void router.invalidate();
        }}
      />
    </main>
  );
}
