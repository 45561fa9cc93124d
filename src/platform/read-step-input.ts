import { type Validator, violationOf } from '../contracts/validator.ts';
import { CascadeError } from '../core/cascade-error.ts';
import type { Params } from './define-action.ts';

/**
 * Returns the value that the previous step of the sequence passed under `key`.
 *
 * @throws CascadeError PARAMETERS_INVALID if it is missing or breaks its schema.
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
