// Numbers and times as people read them, in the same forms as the command line.

const UNKNOWN = '--';

export function number(value) {
  return Number.isFinite(value) ? Math.round(value).toLocaleString('en') : UNKNOWN;
}

export function bytes(value) {
  if (!Number.isFinite(value)) {
    return UNKNOWN;
  }
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let rest = value;
  while (rest >= 999.95 && unit < units.length - 1) {
    rest /= 1000;
    unit++;
  }
  return `${unit === 0 ? rest : rest.toFixed(1)} ${units[unit]}`;
}

/** A duration in milliseconds: "2.1 s", "3 min 20 s". */
export function duration(millis) {
  if (!Number.isFinite(millis)) {
    return UNKNOWN;
  }
  const seconds = millis / 1000;
  if (seconds < 60) {
    return `${seconds.toFixed(1)} s`;
  }
  return rough(seconds);
}

/** A duration in seconds without fractions: "12 s", "3 min 20 s", "5 h 10 min". */
export function rough(value) {
  if (!Number.isFinite(value)) {
    return UNKNOWN;
  }
  const seconds = Math.max(0, Math.round(value));
  const parts = [
    [86400, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
  ];
  const at = parts.findIndex(([size]) => seconds >= size);
  if (at < 0) {
    return '0 s';
  }
  const [size, unit] = parts[at];
  const next = parts[at + 1];
  const rest = next ? Math.floor((seconds % size) / next[0]) : 0;
  return `${Math.floor(seconds / size)} ${unit}` + (rest > 0 ? ` ${rest} ${next[1]}` : '');
}

/** How long ago a time was, given as ISO 8601. */
export function ago(iso) {
  const then = Date.parse(iso ?? '');
  return Number.isFinite(then) ? rough((Date.now() - then) / 1000) + ' ago' : UNKNOWN;
}

/** A time on the reader's clock: "11-29 05:12:08"; the year only when it is another one. */
export function time(millis) {
  const date = new Date(millis);
  if (!Number.isFinite(date.getTime())) {
    return UNKNOWN;
  }
  const two = (value) => String(value).padStart(2, '0');
  const day = `${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const year = date.getFullYear() === new Date().getFullYear() ? '' : `${date.getFullYear()}-`;
  return `${year}${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

export function millis(value, digits = 1) {
  return Number.isFinite(value) ? `${value.toFixed(digits)} ms` : UNKNOWN;
}

/** A clock's lead in seconds: "+0.01 s". */
export function lead(seconds) {
  if (!Number.isFinite(seconds)) {
    return UNKNOWN;
  }
  const size = Math.abs(seconds).toFixed(2);
  const sign = Number(size) === 0 ? '' : seconds < 0 ? '−' : '+';
  return `${sign}${size} s`;
}

export function plural(count, noun) {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
}
