/** How grave a line is. */
export type Severity = 'plain' | 'warning' | 'error';

// Counts of nothing, which name errors without being any.
const NOTHING =
  /\b(?:no|0|zero|without) (?:errors?|warnings?|fail(?:ed|ures?))\b|\b(?:errors?|failed|failures?|warnings?)\s*[:=]\s*0\b/gi;

// Words of BLAST+ ("BLAST query/options error:", "Error: NCBI C++ Exception:"), of Kubernetes, of Python and of loggers.
const ERROR =
  /\b(?:ERROR|FATAL|CRITICAL|PANIC|FAILURE)\b|\b(?:error|fatal|exception|panic)\s*:|\bexception\b|\btraceback\b|\bpanicked\b|\bout of memory\b|\boomkilled\b|\bsegmentation fault\b|\bcommand not found\b|\b(?:has )?failed\b|\bexit code [1-9]|"level"\s*:\s*"(?:error|fatal)"/i;
const WARNING = /\bWARN(?:ING)?\b|\bdeprecated\b|\bretry(?:ing)?\b|\bretried\b|"level"\s*:\s*"warn/i;

// `E1121 09:40:12.1 …`: how Kubernetes' own programs begin a line.
const KLOG = /^([EFW])\d{4} \d\d:\d\d:\d\d/;

/** Judges a line by its words: nobody says it otherwise. A mark at its beginning decides, then errors, then warnings. */
export function severityOf(line: string): Severity {
  const mark = KLOG.exec(line)?.[1];
  if (mark) return mark === 'W' ? 'warning' : 'error';
  const text = line.replace(NOTHING, '');
  if (/^\W*(?:\S+ ){0,3}\[?(?:warn|warning)\b/i.test(text)) return 'warning';
  if (/^\W*(?:\S+ ){0,3}\[?(?:info|debug|trace)\b/i.test(text)) return 'plain';
  if (ERROR.test(text)) return 'error';
  return WARNING.test(text) ? 'warning' : 'plain';
}
