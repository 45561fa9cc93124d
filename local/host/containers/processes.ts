/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. Actions run in containers, which are child processes. An action may start processes of its own. This file
 * reads how much memory they use, and ends them when their container or the host ends.
 */

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A process as Linux describes it in `/proc`. Sizes are in bytes. */
export interface ProcessFacts {
  readonly group: number;
  readonly rssBytes: number;
  readonly peakRssBytes: number;
}

const KILOBYTE = 1_024;

// Lines of `/proc/<pid>/status`, for example `VmRSS: 5120 kB`.
const FIELDS = ['NSpgid', 'VmRSS', 'VmHWM'].map((name) => new RegExp(`^${name}:\\s+(\\d+)`, 'm'));

/** Reads the facts of one process; undefined if the process is gone or there is no `/proc`. */
export function readProcess(pid: number): ProcessFacts | undefined {
  const status = read(`/proc/${pid}/status`);
  const [group = 0, rss = 0, peak = 0] = FIELDS.map((field) => Number(field.exec(status)?.[1]));
  // If the process has just ended, its memory is missing.
  if (Number.isNaN(group + rss + peak)) return undefined;
  return { group, rssBytes: rss * KILOBYTE, peakRssBytes: peak * KILOBYTE };
}

/** The ids of all visible processes. The list is empty if there is no `/proc`. */
export function processIds(): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/**
 * The `HOSTNAME` with which a process was started; undefined if it had none, or if `/proc` does not show it. Linux
 * separates the variables there by zero bytes.
 */
export const hostNameOf = (pid: number): string | undefined =>
  /(?:^|\0)HOSTNAME=([^\0]*)/.exec(read(`/proc/${pid}/environ`))?.[1];

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

/** How often `endStragglers` searches, at most: a process that was found may start another one before it is killed. */
const LOOKS = 3;

/**
 * Kills the processes that were started with a container's HOSTNAME in their environment. So it also finds those that
 * left the container's process group. This works on Linux only.
 */
export function endStragglers(hostName: string): void {
  for (let look = 1; look <= LOOKS; look++) {
    const found = processIds().filter((pid) => hostNameOf(pid) === hostName);
    if (found.length === 0) return;
    for (const pid of found) kill(pid);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // The process is gone already.
  }
}

// The program of the guard. `$1` is the host's folder, and `$2` the folder's name. Lines "+ <pid>" and "- <pid>" from
// the host name process groups that began and ended. When the input ends, the host has ended. Then the script kills the
// remaining groups, and on Linux, by their HOSTNAME, processes that left a group. At last it removes the folder; if a
// dying process has just written there, it tries once more.
const SCRIPT = `trap '' INT TERM HUP
pids=
while read -r sign pid; do
  if [ "$sign" = + ]; then pids="$pids $pid"; continue; fi
  rest=
  for p in $pids; do [ "$p" = "$pid" ] || rest="$rest $p"; done
  pids=$rest
done
[ -z "$pids" ] || kill -s KILL -- $pids 2>/dev/null
for file in $(grep -lsF "HOSTNAME=$2-" /proc/[0-9]*/environ); do
  pid=\${file#/proc/}
  kill -s KILL "\${pid%/environ}" 2>/dev/null
done
rm -rf "$1" 2>/dev/null || { sleep 1; rm -rf "$1"; }`;

/** Ends the containers and removes the files that are left when the host has ended, even if the host was killed. */
export interface Guard {
  /** Adds a container by its first process. */
  watch(pid: number): void;
  /** Removes a container that has ended. */
  release(pid: number): void;
  /** Ends the guard. Settles when its process has ended. */
  close(): Promise<void>;
}

/**
 * Starts the guard: a shell that waits for the end of the host, and then kills the containers. On Windows there is no
 * guard.
 *
 * A container usually notices the end of the host, and ends itself. It cannot do so if it is frozen or in an endless
 * loop.
 */
export function startGuard(folder: string): Guard {
  if (process.platform === 'win32') return { watch: () => {}, release: () => {}, close: async () => {} };
  // Detached: a signal to the host's process group must not end the guard, which still has to end the containers.
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'guard', folder, path.basename(folder)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {},
    detached: true,
  });
  const gone = new Promise<void>((resolve) => {
    shell.once('exit', () => resolve()).once('error', () => resolve());
  });
  shell.stdin.on('error', () => {});
  const send = (sign: '+' | '-', pid: number): void => {
    shell.stdin.write(`${sign} ${pid}\n`);
  };
  return {
    // A negative id names the whole process group.
    watch: (pid) => send('+', -pid),
    release: (pid) => send('-', -pid),
    close: async () => {
      shell.stdin.end();
      await gone;
    },
  };
}
