// plumbing: the only place of the harness that reads the host's clock — for `timing`, `host`, time limits and waivers, never for a verdict

/** Milliseconds since an arbitrary moment. */
export function now(): number {
  return performance.now();
}

/** A stop watch that runs from now on; milliseconds, rounded. */
export function stopwatch(): () => number {
  const start = now();
  return () => Math.round(now() - start);
}

/** Today as ISO `YYYY-MM-DD` in UTC: what the expiry of waivers is compared with. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `90s`, `15m`, `2h`, `500ms`, in milliseconds; undefined where the text is none of these. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text.trim()) ?? [];
  const milliseconds = UNITS[unit];
  return milliseconds === undefined ? undefined : Math.round(Number(amount) * milliseconds);
}
