import { type Part, startProcess } from '../support/start-process.ts';

/** A part of a rig that can be killed at any moment and comes back as the same: same port, same keys. */
export interface Killable<Ready> {
  /** What it told at its first start; the same ever after. */
  readonly ready: Ready;
  /** How often it was killed. */
  kills(): number;
  kill(): Promise<void>;
  /** Starts it after `kill`. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts a script of bench/support as `startProcess` does.
 *
 * @param again - what it is told when it comes back.
 */
export async function startKillable<Ready>(
  script: string,
  options: object,
  again: (ready: Ready) => object,
): Promise<Killable<Ready>> {
  let part: Part<Ready> = await startProcess<Ready>(script, options);
  const { ready } = part;
  let kills = 0;
  return {
    ready,
    kills: () => kills,
    async kill() {
      kills += 1;
      await part.kill();
    },
    async restart() {
      part = await startProcess<Ready>(script, { ...options, ...again(ready) });
    },
    close: () => part.close(),
  };
}

/** A server of somebody's, in the place of a part that could be killed: no benchmark that kills takes one. */
export function neverKilled(what: string): Pick<Killable<unknown>, 'kills' | 'kill' | 'restart'> {
  const refuse = (): never => {
    throw new Error(`The ${what} is somebody's: it is neither killed nor started here.`);
  };
  return { kills: () => 0, kill: async () => refuse(), restart: async () => refuse() };
}
