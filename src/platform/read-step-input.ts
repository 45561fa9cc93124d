import { leftDueIn } from '../contracts/left-due.ts';
import { type Validator, violationOf } from '../contracts/validator.ts';
import { CascadeError } from '../core/cascade-error.ts';
import type { ActionContext, Params } from './define-action.ts';
import { failureOf } from './failure-of.ts';

/**
 * The one value that the previous step passed under `key`.
 *
 * @throws CascadeError PARAMETERS_INVALID when it is missing or not of its schema.
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

/** An envelope, or how much of one that this version does not understand is stored and due. */
export type EnvelopeOrDue<T> =
  | { readonly kind: 'understood'; readonly value: T }
  | { readonly kind: 'due'; readonly left: number };

/**
 * As `readEnvelope`, for steps behind the receiver: what is stored must not make its sender believe that it failed. The
 * sweep takes it up once every step is of one version.
 *
 * @throws CascadeError PARAMETERS_INVALID if no parameter says of anything that it is stored.
 */
export function readEnvelopeOrDue<T>(
  params: Params,
  key: string,
  validator: Validator<T>,
  context: ActionContext,
): EnvelopeOrDue<T> {
  try {
    return { kind: 'understood', value: readStepInput(params, key, validator) };
  } catch (error) {
    const left = leftDueIn(params);
    if (left === 0) throw error;
    failureOf(error, context);
    return { kind: 'due', left };
  }
}
