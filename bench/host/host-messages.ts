import type { HostReady } from '../support/processes.ts';

export interface HostProcessReady extends HostReady {
  readonly pid: number;
}

export interface HostQuestion {
  readonly ask: 'memory' | 'ends';
}

export interface RunAnswer {
  /** The process's memory after a garbage collection. */
  readonly rssBytes?: number;
  /** How often each activation ended. */
  readonly ends?: readonly (readonly [activationId: string, times: number])[];
}
