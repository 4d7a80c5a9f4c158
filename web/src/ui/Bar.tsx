interface BarProps {
  label: string;
  value: number;
  max: number;
  text?: string;
  tone?: 'ok' | 'err';
}

/** A progress bar, drawn as SVG so that its width needs no inline style. */
export function Bar({ label, value, max, text, tone }: BarProps) {
  const share = max > 0 ? Math.min(1, value / max) : 0;
  return (
    <svg
      className={tone ? `bar ${tone}` : 'bar'}
      width="100%"
      height="6"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={Math.min(value, max)}
      aria-valuetext={text}
    >
      <rect className="bar-track" width="100%" height="6" rx="3" />
      <rect className="bar-done" width={`${share * 100}%`} height="6" rx="3" />
    </svg>
  );
}
