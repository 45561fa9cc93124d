import { CascadeError } from '../core/cascade-error.ts';
import type { Environment } from './environment.ts';

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** The names in `${NAME}` that `template` holds, in its order. */
export const variablesOf = (template: string): readonly string[] =>
  Array.from(template.matchAll(VARIABLE), ([, name = '']) => name);

/**
 * Fills every `${NAME}` of a manifest's value; an unset variable becomes "", as in wskdeploy. What a variable holds is
 * taken as is: a `$` in it means nothing.
 *
 * @throws CascadeError DEPLOY_FAILED for wskdeploy's other forms (`$NAME` and the escape `$${NAME}`), which we do not use
 *   and whose rules surprise: there, a leading `$` takes the whole rest of the value as the variable's name.
 */
export function interpolate(template: string, env: Environment): string {
  if (template.replaceAll(VARIABLE, '').includes('$')) {
    throw new CascadeError(
      'DEPLOY_FAILED',
      `The manifest's value ${JSON.stringify(template)} has a "$" outside of \${NAME}; write every variable as \${NAME}.`,
    );
  }
  return template.replaceAll(VARIABLE, (_whole, name: string) => env[name] ?? '');
}
