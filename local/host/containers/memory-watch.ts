/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. Actions run in containers, which are child processes. OpenWhisk ends an action that uses more memory than its
 * limit. This file finds such actions for the host.
 */

import { execFile } from 'node:child_process';
import { hostNameOf, processIds, readProcess } from './processes.ts';

/**
 * A container to watch. `pid` is its first process. `hostName` is the HOSTNAME in the environment of that process. The
 * processes that it starts usually have the same HOSTNAME.
 */
export interface WatchedContainer {
  readonly pid: number;
  readonly hostName: string;
  readonly limitBytes: number;
}

interface Watched extends WatchedContainer {
  readonly onExceeded: () => void;
}

/** How often the first process of each container is checked, on Linux. Reading one process is fast. */
const LEADERS_MS = 50;
/**
 * How often the memory of all processes of a container is added up and checked. That takes longer, because all
 * processes of the machine are read.
 */
const SUMS_MS = 500;
const isLinux = process.platform === 'linux';

/**
 * Watches the memory of containers while they work. The system decides what it can check:
 *
 * - Linux: the container's first process, and the sum of all its processes.
 * - macOS: only the sum.
 * - Windows: nothing.
 *
 * The processes of a container are those in its process group. On Linux also those that left the group, if they have
 * the container's HOSTNAME.
 */
export class MemoryWatch {
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | undefined;
  #summedAt = 0;

  /**
   * Calls `onExceeded` once if a check finds that a container uses more than `limitBytes`. The returned function ends
   * the watch.
   */
  watch(container: WatchedContainer, onExceeded: () => void): () => void {
    const watched = { ...container, onExceeded };
    this.#watched.add(watched);
    this.#timer ??= setInterval(() => this.#look(), LEADERS_MS).unref();
    return () => this.#forget(watched);
  }

  /**
   * Whether the process has ever used more than `limitBytes`, also between two checks. False if the process is gone,
   * and on any system but Linux.
   */
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

  /**
   * Compares the memory of the watched containers with their limits.
   *
   * @param sums - the bytes of each container, by the id of its first process.
   */
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
  // Each line has a process group and the kilobytes of one of its processes.
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
