import { useEffect } from 'react';

/** Sets the document's title while the caller is shown. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Blastline`;
  }, [title]);
}
