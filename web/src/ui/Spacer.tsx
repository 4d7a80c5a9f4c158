import { useLayoutEffect, useRef } from 'react';

/** Takes the room of rows that are not drawn. */
export function Spacer({ size, horizontal }: { size: number; horizontal: boolean }) {
  const item = useRef<HTMLLIElement>(null);
  useLayoutEffect(() => {
    const own = item.current;
    if (!own) return;
    own.style.setProperty(horizontal ? 'inline-size' : 'block-size', `${size}px`);
    own.style.removeProperty(horizontal ? 'block-size' : 'inline-size');
  }, [size, horizontal]);
  return <li className="spacer" aria-hidden="true" ref={item} />;
}
