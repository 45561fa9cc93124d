import { isGiven } from './place.ts';

/**
 * Reports that the host lacks something, and skips the test. On the local host it fails the test, as that host must
 * offer everything.
 *
 * @param context - `this` of the mocha hook or test.
 */
export function notOffered(context: Mocha.Context, what: string): never {
  if (!isGiven()) throw new Error(`Not offered by the local host: ${what}.`);
  console.error(`      not offered: ${what}`);
  return context.skip();
}
