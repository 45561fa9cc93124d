import { CascadeError } from '../../core/cascade-error.ts';
import type { Log } from '../log.ts';

/**
 * What `parse` reads from the settings. If they are malformed, this logs an error and returns `fallback`, so that the
 * action can do the rest of its work all the same.
 *
 * @param meanwhile - a sentence for the log: what happens until the setting is right.
 * @throws any error that is no CascadeError, because it is a bug.
 */
export function settingOr<T>(parse: () => T, fallback: T, meanwhile: string, log: Log): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof CascadeError)) throw error;
    log.error(`${error.message} ${meanwhile}`);
    return fallback;
  }
}
