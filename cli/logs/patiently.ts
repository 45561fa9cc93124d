/*
 * `cascade logs` asks the OpenWhisk host many times, and one busy moment of the host must not lose lines. This file
 * decides how often the command asks again, and how long it pauses before.
 */

import { CascadeError } from '../../src/core/cascade-error.ts';
import { type DurationMs, seconds } from '../../src/core/units.ts';

/** Asks the host. If the host is busy or silent, it asks again after a pause. */
export type Patiently = <T>(ask: () => Promise<T>) => Promise<T>;

/** A busy host needs a second, a host that starts anew needs half a minute. */
const PAUSES: readonly DurationMs[] = [seconds(1), seconds(5), seconds(20)];

/**
 * Makes a function that asks the host up to four times, with pauses of 1, 5 and 20 s. If the host does not answer in
 * all of that time, it is asked only once from then on, so that a person does not wait half a minute for each
 * activation.
 *
 * @param warn - gets one sentence, before the first pause of more than a second, so that the person knows why the
 *   command takes long.
 */
export function patientlyWith(
  sleep: (duration: DurationMs) => Promise<void>,
  warn: (sentence: string) => void,
): Patiently {
  let pauses = PAUSES;
  let hasWarned = false;
  return async (ask) => {
    for (let tries = 0; ; tries += 1) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof CascadeError) || error.code !== 'OPENWHISK_UNREACHABLE') throw error;
        const pause = pauses[tries];
        if (pause === undefined) {
          pauses = [];
          throw error;
        }
        if (tries > 0 && !hasWarned) {
          hasWarned = true;
          warn(`${error.message} This command asks again in ${pause / 1_000} s.`);
        }
        await sleep(pause);
      }
    }
  };
}
