import { Link } from '@tanstack/react-router';
import { count } from '../ui/format';
import { EXACT } from '../ui/links';

/** Pages of the hit table; they stand in the address. */
export function Pager({ page, pages, label }: { page: number; pages: number; label: string }) {
  if (pages <= 1) return null;
  return (
    <nav className="pager" aria-label="Pages of hits">
      <PageLink page={page - 1} pages={pages} label="Previous" />
      <span className="muted small">
        Page {count(page)} of {count(pages)}, {label}
      </span>
      <PageLink page={page + 1} pages={pages} label="Next" />
    </nav>
  );
}

function PageLink({ page, pages, label }: { page: number; pages: number; label: string }) {
  if (page < 1 || page > pages) {
    return (
      <button className="btn s" type="button" disabled>
        {label}
      </button>
    );
  }
  return (
    <Link
      className="btn s"
      from="/jobs/$jobId"
      to="."
      search={(before) => {
        const { page: _page, open: _open, ...rest } = before;
        return page > 1 ? { ...rest, page } : rest;
      }}
      activeOptions={EXACT}
      resetScroll={false}
    >
      {label}
    </Link>
  );
}
