import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Spacer } from '../ui/Spacer';
import type { Line } from './book';
import { clockOf } from './stamp';
import { cutAt } from './view';

/** Height of a line that is not wrapped, as in the style sheet. */
const ROW = 20;
/** So near to its end a list counts as being there. */
const NEAR = 24;

interface LogLinesProps {
  lines: Line[];
  find: string;
  /** Position of the match that is looked at. */
  current: number | undefined;
  wrap: boolean;
  follow: boolean;
  /** The reader scrolled up, or down to the end. */
  onFollow: (follow: boolean) => void;
  /** The first line in sight, kept for when the list is made anew. */
  top: RefObject<number>;
  /** Of all containers: each line says which. */
  named: boolean;
}

/** The lines in sight, of however many there are. */
export function LogLines({ lines, find, current, wrap, follow, onFollow, top, named }: LogLinesProps) {
  const box = useRef<HTMLDivElement>(null);
  const columns = useColumns(box);
  const keyOf = useCallback((index: number) => lines[index]?.id ?? index, [lines]);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => (wrap ? ROW * Math.max(1, Math.ceil((lines[index]?.text.length ?? 0) / columns)) : ROW),
    getItemKey: keyOf,
    overscan: 10,
  });
  const items = rows.getVirtualItems();
  const total = rows.getTotalSize();
  const first = items.find((item) => item.end > (rows.scrollOffset ?? 0))?.index;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, where the list before this one was
  useLayoutEffect(() => {
    if (!follow && top.current > 0) rows.scrollToIndex(top.current, { align: 'start' });
  }, []);
  useEffect(() => {
    if (first !== undefined) top.current = first;
  }, [first, top]);
  const onScroll = useFollowing(box, follow, onFollow, `${lines.length} ${total}`);

  useEffect(() => {
    if (current !== undefined) rows.scrollToIndex(current, { align: 'center' });
  }, [current, rows]);

  return (
    <div
      className="lines"
      ref={box}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
      tabIndex={0}
      role="log"
      aria-live="off"
      aria-label="Log lines, oldest first"
      data-wrap={wrap}
      data-named={named}
      onScroll={onScroll}
    >
      <ol>
        <Spacer size={items[0]?.start ?? 0} horizontal={false} />
        {items.map((item) => {
          const line = lines[item.index];
          return line ? (
            <LogRow
              key={item.key}
              line={line}
              index={item.index}
              measure={wrap ? rows.measureElement : undefined}
              find={find}
              current={item.index === current}
            />
          ) : null;
        })}
        <Spacer size={Math.max(0, total - (items.at(-1)?.end ?? 0))} horizontal={false} />
      </ol>
    </div>
  );
}

const CLASSES = { plain: '', warning: 'w', error: 'e' } as const;
const WORDS = { plain: '', warning: 'Warning: ', error: 'Error: ' } as const;

interface LogRowProps {
  line: Line;
  index: number;
  measure: ((element: HTMLLIElement | null) => void) | undefined;
  find: string;
  current: boolean;
}

/** A line. Drawn anew only when something of it changed: lines come many times a second. */
const LogRow = memo(function LogRow({ line, index, measure, find, current }: LogRowProps) {
  return (
    <li className={CLASSES[line.severity]} data-index={index} ref={measure} data-current={current || undefined}>
      <span className="ts" title={line.stamp}>
        {clockOf(line.stamp)}
      </span>
      <span className="of ell" title={line.target.name}>
        {line.target.label}
      </span>
      <span className="mx">
        {line.severity === 'plain' ? null : <span className="vh">{WORDS[line.severity]}</span>}
        {cutAt(line.text, find).map((piece, at) =>
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a text have no other name
          at % 2 === 1 ? <mark key={at}>{piece}</mark> : piece,
        )}
      </span>
    </li>
  );
});

/** Keeps the end in sight while it is followed; says when the reader leaves it or comes back to it. */
function useFollowing(
  box: RefObject<HTMLDivElement | null>,
  follow: boolean,
  onFollow: (follow: boolean) => void,
  grown: string,
) {
  const last = useRef(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it scrolls whenever the list has grown
  useLayoutEffect(() => {
    const own = box.current;
    if (!own || !follow) return;
    own.scrollTop = own.scrollHeight;
    last.current = own.scrollTop;
  }, [box, follow, grown]);
  return () => {
    const own = box.current;
    if (!own) return;
    const up = own.scrollTop < last.current - 1;
    const atEnd = own.scrollTop + own.clientHeight >= own.scrollHeight - NEAR;
    last.current = own.scrollTop;
    if (follow && up && !atEnd) onFollow(false);
    else if (!follow && !up && atEnd) onFollow(true);
  };
}

/** Letters that fit a line's width: the first guess of a wrapped line's height. */
function useColumns(box: RefObject<HTMLDivElement | null>): number {
  const [columns, setColumns] = useState(100);
  useLayoutEffect(() => {
    const own = box.current;
    if (!own) return;
    const watch = new ResizeObserver(() => {
      const line = own.querySelector('.mx');
      const width = line?.getBoundingClientRect().width ?? own.clientWidth;
      // A letter of the typeface is 0.6 of its size wide.
      setColumns(Math.max(20, Math.floor(width / 7.8)));
    });
    watch.observe(own);
    return () => watch.disconnect();
  }, [box]);
  return columns;
}
