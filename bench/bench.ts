import type { Figure } from './figure.ts';
import type { ServerKind, Servers } from './servers.ts';

/** What a benchmark may tell while it runs. */
export type Say = (line: string) => void;

/** One benchmark: it measures ours beside a peer in the same run. */
export interface Bench {
  readonly name: string;
  /** One line for the list. */
  readonly about: string;
  /** Whether it can run on servers of somebody's, or else why not; absent if it uses neither. */
  readonly servers?: Readonly<Record<ServerKind, true | string>>;
  run(say: Say, servers: Servers): Promise<readonly Figure[]>;
}
