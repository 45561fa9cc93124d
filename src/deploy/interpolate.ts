import { deployFailed } from './deploy-failed.ts';
import type { Environment } from './environment.ts';

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** The names in the `${NAME}`s of `template`, in its order. */
export const variablesOf = (template: string): readonly string[] =>
  Array.from(template.matchAll(VARIABLE), ([, name = '']) => name);

/**
 * Fills every `${NAME}` of a manifest's value. An unset variable becomes "", as in wskdeploy. A `$` inside a variable's
 * value has no meaning.
 *
 * @throws CascadeError DEPLOY_FAILED for wskdeploy's other forms (`$NAME` and the escape `$${NAME}`). We do not use them,
 *   and their rules surprise: a leading `$` takes the whole rest of the value as the variable's name.
 */
export function interpolate(template: string, env: Environment): string {
  if (template.replaceAll(VARIABLE, '').includes('$')) {
    throw deployFailed(
      `The manifest's value ${JSON.stringify(template)} has a "$" outside of \${NAME}; write every variable as \${NAME}.`,
    );
  }
  return template.replaceAll(VARIABLE, (_whole, name: string) => env[name] ?? '');
}
