import { useEffect, useState } from 'react';

/** True after 200 ms: what loads faster shows no skeleton at all. */
export function useSlow(): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setSlow(true), 200);
    return () => window.clearTimeout(timer);
  }, []);
  return slow;
}

/** Rows in the shape of what comes. */
export function SkeletonRows({ rows, label }: { rows: number; label: string }) {
  const slow = useSlow();
  const keys = Array.from({ length: rows }, (_, row) => `row-${row}`);
  return (
    <div className="sk-rows" role="status" aria-label={label} data-slow={slow}>
      {keys.map((key) => (
        <div className="sk-row" key={key}>
          <span className="sk" />
          <span className="sk" />
          <span className="sk" />
        </div>
      ))}
    </div>
  );
}
