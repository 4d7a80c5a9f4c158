import type { ReactNode } from 'react';
import { Icon } from './Icon';

/** Details behind a heading that opens in place. */
export function Fold({ title, open = false, children }: { title: string; open?: boolean; children: ReactNode }) {
  return (
    <details className="fold" open={open}>
      <summary>
        <span className="chev">
          <Icon name="chevron" />
        </span>
        {title}
      </summary>
      <div className="fold-in">{children}</div>
    </details>
  );
}
