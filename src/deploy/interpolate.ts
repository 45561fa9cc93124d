/*
 * manifest.yaml names the settings of the actions as variables, such as `${QLIK_API_KEY}`. wskdeploy (OpenWhisk's own
 * tool) puts their values in. `npm start` deploys without wskdeploy, so this file does the same for it.
 */

import { deployFailed } from './deploy-failed.ts';
import type { Environment } from './environment.ts';

/** `${NAME}` */
const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** The names of the variables `${NAME}` in `template`. Deployment gives wskdeploy only the settings that are named. */
export const variablesOf = (template: string): readonly string[] =>
  Array.from(template.matchAll(VARIABLE), ([, name = '']) => name);

/**
 * Replaces every `${NAME}` in a manifest's value by the variable's value. A variable that is not set becomes "", as in
 * wskdeploy. A `$` in a variable's value stays as it is.
 *
 * @throws CascadeError DEPLOY_FAILED for any other `$` in the template. wskdeploy also knows `$NAME` and the escape
 *   `$${NAME}`. Cascade does not use them, because wskdeploy takes all of a value that begins with `$NAME` for the
 *   name.
 */
export function interpolate(template: string, env: Environment): string {
  if (template.replaceAll(VARIABLE, '').includes('$')) {
    throw deployFailed(
      `The manifest's value ${JSON.stringify(template)} has a "$" outside of \${NAME}; write every variable as \${NAME}.`,
    );
  }
  return template.replaceAll(VARIABLE, (_whole, name: string) => env[name] ?? '');
}
