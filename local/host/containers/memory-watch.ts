import { execFile } from 'node:child_process';
import { processIds, readProcess } from './proc-files.ts';

interface Watched {
  readonly pid: number;
  readonly limitBytes: number;
  readonly onExceeded: () => void;
}

const LEADERS_MS = 50;
/** All processes have to be looked at for a group's sum, so that is done less often. */
const GROUPS_MS = 500;
const isLinux = process.platform === 'linux';

/**
 * Looks at the memory of running activations: that of the container's process, and the sum of its process group, heap
 * and native memory alike. Nothing is looked at while nothing runs (POSIX only).
 */
export class MemoryWatch {
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | undefined;
  #groupsReadAt = 0;

  /** Calls `onExceeded` once when the group of `pid` has more than `limitBytes`, until the returned function is called. */
  watch(pid: number, limitBytes: number, onExceeded: () => void): () => void {
    const watched = { pid, limitBytes, onExceeded };
    this.#watched.add(watched);
    this.#timer ??= setInterval(() => this.#look(), LEADERS_MS).unref();
    return () => this.#forget(watched);
  }

  /** Whether the process has ever had more than `limitBytes`, also between two looks (Linux only; else false). */
  hasExceeded(pid: number, limitBytes: number): boolean {
    return (readProcess(pid)?.peakRssBytes ?? 0) > limitBytes;
  }

  #forget(watched: Watched): void {
    this.#watched.delete(watched);
    if (this.#watched.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    for (const watched of this.#watched) this.#judge(watched, readProcess(watched.pid)?.rssBytes ?? 0);
    if (performance.now() - this.#groupsReadAt < GROUPS_MS) return;
    this.#groupsReadAt = performance.now();
    if (isLinux) this.#judgeGroups(groupsByProc());
    else if (process.platform !== 'win32') groupsByPs((groups) => this.#judgeGroups(groups));
  }

  #judgeGroups(groups: ReadonlyMap<number, number>): void {
    for (const watched of this.#watched) this.#judge(watched, groups.get(watched.pid) ?? 0);
  }

  #judge(watched: Watched, bytes: number): void {
    if (bytes <= watched.limitBytes) return;
    this.#forget(watched);
    watched.onExceeded();
  }
}

function groupsByProc(): ReadonlyMap<number, number> {
  const sums = new Map<number, number>();
  for (const pid of processIds()) {
    const facts = readProcess(pid);
    if (facts !== undefined) sums.set(facts.group, (sums.get(facts.group) ?? 0) + facts.rssBytes);
  }
  return sums;
}

function groupsByPs(tell: (groups: ReadonlyMap<number, number>) => void): void {
  execFile('ps', ['-axo', 'pgid=,rss='], (error, stdout) => {
    if (error !== null) return;
    const sums = new Map<number, number>();
    for (const line of stdout.trim().split('\n')) {
      const [group = 0, kilobytes = 0] = line.trim().split(/\s+/).map(Number);
      sums.set(group, (sums.get(group) ?? 0) + kilobytes * 1_024);
    }
    tell(sums);
  });
}
