/*
 * Some commands store what a person did, such as a note on a ticket (one streak of failures of an app). They do it with
 * the person's login, because CouchDB checks who writes that. This file finds out the person's name and password.
 */

import { CascadeError } from '../../src/core/cascade-error.ts';
import type { Environment } from '../../src/deploy/environment.ts';
import type { CommandOption, Terminal } from '../terminal.ts';

/** The option of the commands that work for one person. */
export const AS_OPTION: CommandOption = {
  flags: '--as <name>',
  description: 'who you are: the name of your account (default: CASCADE_USER of the environment)',
};

/**
 * The person's name: that of `--as`, else that of CASCADE_USER.
 *
 * @param what - what needs the name, for the message: `--mine`.
 * @throws CascadeError PARAMETERS_INVALID if there is neither.
 */
export function nameOfPerson(as: string | undefined, environment: Environment, what: string): string {
  const name = as ?? environment['CASCADE_USER'];
  if (name !== undefined && name !== '') return name;
  throw new CascadeError(
    'PARAMETERS_INVALID',
    `${what} needs to know who you are: give --as <name>, or set CASCADE_USER.`,
  );
}

/**
 * The person's password: CASCADE_PASSWORD, or what the person types. There is no option for it, because other users of
 * the machine could see the arguments of the command.
 *
 * @throws CascadeError PARAMETERS_INVALID if there is neither.
 */
export async function passwordOf(
  name: string,
  environment: Environment,
  { askSecret }: Pick<Terminal, 'askSecret'>,
): Promise<string> {
  const password = environment['CASCADE_PASSWORD'] || (await askSecret?.(`Password of ${name}: `));
  if (password !== undefined && password !== '') return password;
  throw new CascadeError(
    'PARAMETERS_INVALID',
    `The password of ${name} is missing: run this at a terminal, which asks for it, or set CASCADE_PASSWORD.`,
  );
}
