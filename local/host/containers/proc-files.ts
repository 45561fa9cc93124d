import { readdirSync, readFileSync } from 'node:fs';

/** What Linux says of a process in `/proc`; sizes in bytes. */
export interface ProcessFacts {
  readonly group: number;
  readonly rssBytes: number;
  readonly peakRssBytes: number;
}

const KILOBYTE = 1_024;

/** The facts of one process; undefined when it is gone, or where there is no `/proc`. */
export function readProcess(pid: number): ProcessFacts | undefined {
  const status = read(`/proc/${pid}/status`);
  // A process that has just ended has no memory any more.
  const rss = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  const group = /^NSpgid:\s+(\d+)/m.exec(status)?.[1];
  if (rss === undefined || peak === undefined || group === undefined) return undefined;
  return { group: Number(group), rssBytes: Number(rss) * KILOBYTE, peakRssBytes: Number(peak) * KILOBYTE };
}

/** Ids of all processes that may be seen; none where there is no `/proc`. */
export function processIds(): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** The `HOSTNAME` in a process's environment as it was started; undefined without one, or where there is no `/proc`. */
export const hostNameOf = (pid: number): string | undefined =>
  /(?:^|\0)HOSTNAME=([^\0]*)/.exec(read(`/proc/${pid}/environ`))?.[1];

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
