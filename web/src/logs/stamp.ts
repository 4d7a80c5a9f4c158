const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?/;

/** Milliseconds of a time stamp in UTC, with the microseconds that a cluster writes as their fraction. */
export function millisOf(stamp: string): number | undefined {
  const found = STAMP.exec(stamp);
  if (!found) return undefined;
  const whole = Date.parse(`${found[1]}Z`);
  return Number.isNaN(whole) ? undefined : whole + Number(`0.${found[2] ?? '0'}`) * 1_000;
}

/** `09:40:12.123`, in UTC; empty where a line has no time stamp. */
export function clockOf(stamp: string): string {
  const found = STAMP.exec(stamp);
  return found ? `${found[1]?.slice(11)}.${(found[2] ?? '').padEnd(3, '0').slice(0, 3)}` : '';
}
