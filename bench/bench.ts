import type { Figure } from './figure.ts';
import type { ServerKind, Servers } from './servers.ts';

/** Prints a line while a benchmark runs. */
export type Say = (line: string) => void;

/** One benchmark. It measures Cascade beside a peer in the same run. */
export interface Bench {
  readonly name: string;
  /** One line for the list of benchmarks. */
  readonly about: string;
  /**
   * For each kind of server: `true` if the benchmark can run on a given one, else the reason why not. Absent if it uses
   * neither kind.
   */
  readonly servers?: Readonly<Record<ServerKind, true | string>>;
  run(say: Say, servers: Servers): Promise<readonly Figure[]>;
}
