import { type Validator, violationOf } from '../contracts/validator.ts';
import { CascadeError } from '../core/cascade-error.ts';
import type { Params } from './define-action.ts';

/**
 * Returns the value that another action passed under `key`: mostly the previous step of a sequence, whose result
 * OpenWhisk gives to the next step as parameters. The value is checked, because a person can call the action, too, and
 * because the other action may be of another version.
 *
 * @throws CascadeError PARAMETERS_INVALID if the value is missing or breaks its schema.
 */
export function readStepInput<T>(params: Params, key: string, validator: Validator<T>): T {
  const value = params[key];
  if (validator(value)) return value;
  throw new CascadeError(
    'PARAMETERS_INVALID',
    value === undefined
      ? `The parameter "${key}" is missing. This action is a step of a sequence: invoke the sequence instead.`
      : `The parameter "${key}" ${violationOf(validator)}. Was every action of the package deployed from the same build?`,
  );
}
