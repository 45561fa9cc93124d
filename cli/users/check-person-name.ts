import { CascadeError } from '../../src/core/cascade-error.ts';
import { quoted } from '../../src/core/visible.ts';

/** These words mean something else in `cascade ticket --own`: the person who runs the command, and no owner. */
const RESERVED = ['me', 'nobody'];

/**
 * Checks the name of a person's account in CouchDB, before `cascade user add` makes the account, or `cascade ticket`
 * gives a ticket to the person. A name has 1 to 100 letters, digits and `. _ @ + -`, the first a letter or digit. HTTP
 * cannot send a name with a colon, and CouchDB takes no name that begins with `_`.
 *
 * @throws CascadeError PARAMETERS_INVALID if the name is another.
 */
export function checkPersonName(name: string): string {
  if (RESERVED.includes(name)) {
    throw new CascadeError('PARAMETERS_INVALID', `Nobody can be called "${name}": cascade ticket --own has that word.`);
  }
  if (/^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$/.test(name)) return name;
  throw new CascadeError(
    'PARAMETERS_INVALID',
    `${quoted(name)} cannot be the name of an account: it has to be 1 to 100 letters, digits and . _ @ + -, and begin with a letter or a digit.`,
  );
}
