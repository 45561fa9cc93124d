import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** What Linux says of a process in `/proc`; sizes in bytes. */
export interface ProcessFacts {
  readonly group: number;
  readonly rssBytes: number;
  readonly peakRssBytes: number;
}

const KILOBYTE = 1_024;

/** The facts of one process; undefined when it is gone, or if there is no `/proc`. */
export function readProcess(pid: number): ProcessFacts | undefined {
  const status = read(`/proc/${pid}/status`);
  // A process that has just ended has no memory any more.
  const rss = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  const group = /^NSpgid:\s+(\d+)/m.exec(status)?.[1];
  if (rss === undefined || peak === undefined || group === undefined) return undefined;
  return { group: Number(group), rssBytes: Number(rss) * KILOBYTE, peakRssBytes: Number(peak) * KILOBYTE };
}

/** Ids of all processes that may be seen; none if there is no `/proc`. */
export function processIds(): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** The `HOSTNAME` in a process's environment as it was started; undefined without one, or if there is no `/proc`. */
export const hostNameOf = (pid: number): string | undefined =>
  /(?:^|\0)HOSTNAME=([^\0]*)/.exec(read(`/proc/${pid}/environ`))?.[1];

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

/** A process may have started another between two looks; one that starts them for ever is left to the third. */
const LOOKS = 3;

/**
 * Kills what a container has started and what left its process group since: such processes still have the container's
 * host name in their environment, unless they took it out (Linux only).
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
    // Gone already.
  }
}

// Reads "+ <pid>" and "- <pid>" lines; when they end, so has the host: what is left is killed, what left its process
// group too (by the containers' host names, Linux only), and the host's folder removed, once more if a process on its
// way out has just put something there.
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

/** Sees to it that neither containers nor files outlive the host, however the host ends. */
export interface Guard {
  watch(pid: number): void;
  release(pid: number): void;
  /** Ends the guard; settles when its process is gone. */
  close(): Promise<void>;
}

/**
 * Starts the guard: a shell that waits for the host's end. A container notices that by itself unless it is frozen or
 * in an endless loop, and only another process can then end it (POSIX only; elsewhere this does nothing).
 */
export function startGuard(folder: string): Guard {
  if (process.platform === 'win32') return { watch: () => {}, release: () => {}, close: async () => {} };
  // Detached: a signal to the host's process group must not end the guard before the group's members are gone.
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'guard', folder, path.basename(folder)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {},
    detached: true,
  });
  const gone = new Promise<void>((resolve) => {
    shell.once('exit', () => resolve()).once('error', () => resolve());
  });
  shell.stdin.on('error', () => {});
  const tell = (sign: '+' | '-', pid: number): void => {
    shell.stdin.write(`${sign} ${pid}\n`);
  };
  return {
    // A negative id names the whole process group.
    watch: (pid) => tell('+', -pid),
    release: (pid) => tell('-', -pid),
    close: async () => {
      shell.stdin.end();
      await gone;
    },
  };
}
