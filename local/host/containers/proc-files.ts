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

/** Whether a process was started with `NAME=value` in its environment, by itself or by those before it. */
export const hasInEnvironment = (pid: number, setting: string): boolean =>
  read(`/proc/${pid}/environ`).split('\0').includes(setting);

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
