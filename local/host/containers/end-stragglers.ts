import { hostNameOf, processIds } from './proc-files.ts';

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
