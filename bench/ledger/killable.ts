import { type Part, startProcess } from '../support/start-process.ts';

/** A part of a rig that can be killed at any moment. It comes back with the same port and the same keys. */
export interface Killable<Ready> {
  /** Its first message, at its first start. It never changes. */
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
 * @param again - returns further options for the start after a kill.
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

/** The methods of a part for a given server. They only throw, as no benchmark that kills may run on one. */
export function neverKilled(what: string): Pick<Killable<unknown>, 'kills' | 'kill' | 'restart'> {
  const refuse = (): never => {
    throw new Error(`The ${what} is somebody's: it is neither killed nor started here.`);
  };
  return { kills: () => 0, kill: async () => refuse(), restart: async () => refuse() };
}
