// One set of 16 px icons, stroke 1.5. An icon never stands for something alone: a word or a label is beside it.
const PATHS = {
  check: 'M14.25 8a6.25 6.25 0 1 1-12.5 0 6.25 6.25 0 0 1 12.5 0ZM5.3 8.2l1.9 1.9 3.6-4',
  chevron: 'm6 4 4 4-4 4',
  copy: 'M7 5.5h4.5A1.5 1.5 0 0 1 13 7v4.5a1.5 1.5 0 0 1-1.5 1.5H7a1.5 1.5 0 0 1-1.5-1.5V7A1.5 1.5 0 0 1 7 5.5ZM3 10.2V4.5C3 3.7 3.7 3 4.5 3h5.7',
  cross: 'm4 4 8 8M12 4l-8 8',
  down: 'm4 6 4 4 4-4',
  download: 'M8 2.5v7.5m-3-3 3 3 3-3M2.8 13h10.4',
  edit: 'M3 13v-2.6L10.4 3 13 5.6 5.6 13Z',
  fail: 'M14.25 8a6.25 6.25 0 1 1-12.5 0 6.25 6.25 0 0 1 12.5 0ZM5.8 5.8l4.4 4.4m0-4.4-4.4 4.4',
  filter: 'M2.5 4h11M4.5 8h7M6.5 12h3',
  info: 'M14.25 8a6.25 6.25 0 1 1-12.5 0 6.25 6.25 0 0 1 12.5 0ZM8 7.4v3.4M8 5.2v.01',
  plus: 'M8 3v10M3 8h10',
  previous: 'm10 4-4 4 4 4',
  queue: 'M14.25 8a6.25 6.25 0 1 1-12.5 0 6.25 6.25 0 0 1 12.5 0Z',
  run: 'M14.2 8A6.2 6.2 0 1 1 8 1.8',
  stop: 'M14.25 8a6.25 6.25 0 1 1-12.5 0 6.25 6.25 0 0 1 12.5 0ZM5 8h6',
  sun: 'M10.8 8a2.8 2.8 0 1 1-5.6 0 2.8 2.8 0 0 1 5.6 0ZM8 1.6v1.6M8 12.8v1.6M1.6 8h1.6M12.8 8h1.6M3.5 3.5l1.1 1.1M11.4 11.4l1.1 1.1M12.5 3.5l-1.1 1.1M4.6 11.4l-1.1 1.1',
  moon: 'M13.4 9.6A5.8 5.8 0 0 1 6.4 2.6a5.8 5.8 0 1 0 7 7Z',
  screen: 'M2.5 3h11v7.5h-11ZM6 13.2h4',
  up: 'm4 10 4-4 4 4',
  upload: 'M8 10.5V2.8m-3 3 3-3 3 3M2.8 13h10.4',
  wait: 'M14.25 8a6.25 6.25 0 1 1-12.5 0 6.25 6.25 0 0 1 12.5 0ZM8 4.8V8l2.2 1.6',
  warn: 'M8 2.2 14.4 13.2H1.6ZM8 6.4v3.2M8 11.4v.01',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, spin = false }: { name: IconName; spin?: boolean }) {
  return (
    <svg className={spin ? 'i spin' : 'i'} viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
