import { execFile } from 'node:child_process';
import { hostNameOf, processIds, readProcess } from './processes.ts';

/** A container by the leader of its process group and by the host name in the environment of its processes. */
export interface WatchedContainer {
  readonly pid: number;
  readonly hostName: string;
  readonly limitBytes: number;
}

interface Watched extends WatchedContainer {
  readonly onExceeded: () => void;
}

const LEADERS_MS = 50;
/** Less often, as a sum needs a look at all processes of the machine. */
const SUMS_MS = 500;
const isLinux = process.platform === 'linux';

/**
 * Watches the memory of containers at work: that of the container's process, and the sum of all its processes (POSIX
 * only). Its processes are those of its process group, and on Linux also those that left the group and kept the
 * container's host name.
 */
export class MemoryWatch {
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | undefined;
  #summedAt = 0;

  /** Calls `onExceeded` once if a container has more than `limitBytes`. The returned function ends the watch. */
  watch(container: WatchedContainer, onExceeded: () => void): () => void {
    const watched = { ...container, onExceeded };
    this.#watched.add(watched);
    this.#timer ??= setInterval(() => this.#look(), LEADERS_MS).unref();
    return () => this.#forget(watched);
  }

  /** Whether the process has ever had more than `limitBytes`, even between two looks (Linux only; else false). */
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
    if (performance.now() - this.#summedAt < SUMS_MS) return;
    this.#summedAt = performance.now();
    if (isLinux) this.#judgeSums(sumsByProc([...this.#watched]));
    else if (process.platform !== 'win32') sumsByPs((sums) => this.#judgeSums(sums));
  }

  /** `sums`: bytes by the id of the container's process. */
  #judgeSums(sums: ReadonlyMap<number, number>): void {
    for (const watched of this.#watched) this.#judge(watched, sums.get(watched.pid) ?? 0);
  }

  #judge(watched: Watched, bytes: number): void {
    if (bytes <= watched.limitBytes) return;
    this.#forget(watched);
    watched.onExceeded();
  }
}

const add = (sums: Map<number, number>, leader: number, bytes: number) =>
  sums.set(leader, (sums.get(leader) ?? 0) + bytes);

function sumsByProc(containers: readonly WatchedContainer[]): ReadonlyMap<number, number> {
  const leaders = new Set(containers.map(({ pid }) => pid));
  const byHostName = new Map(containers.map(({ pid, hostName }) => [hostName, pid]));
  const sums = new Map<number, number>();
  for (const pid of processIds()) {
    const facts = readProcess(pid);
    if (facts === undefined) continue;
    const leader = leaders.has(facts.group) ? facts.group : byHostName.get(hostNameOf(pid) ?? '');
    if (leader !== undefined) add(sums, leader, facts.rssBytes);
  }
  return sums;
}

function sumsByPs(onSums: (sums: ReadonlyMap<number, number>) => void): void {
  execFile('ps', ['-axo', 'pgid=,rss='], (error, stdout) => {
    if (error !== null) return;
    const sums = new Map<number, number>();
    for (const line of stdout.trim().split('\n')) {
      const [group = 0, kilobytes = 0] = line.trim().split(/\s+/).map(Number);
      add(sums, group, kilobytes * 1_024);
    }
    onSums(sums);
  });
}
