import { isGiven } from './place.ts';

/**
 * Reports that the host lacks something, and skips the test. The local host has to offer everything: there it fails.
 *
 * @param context - `this` of the mocha hook or test.
 */
export function notOffered(context: Mocha.Context, what: string): never {
  if (!isGiven()) throw new Error(`Not offered by the local host: ${what}.`);
  console.error(`      not offered: ${what}`);
  return context.skip();
}
