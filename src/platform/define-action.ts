import type { EpochMs } from '../core/units.ts';
import { type Failure, failureOf, webFailure } from './failure.ts';
import { createLog, isLogLevel, type Log } from './log.ts';

/** An action's parameters, without `__ow_headers`. */
export type Params = Readonly<Record<string, unknown>>;

/** What an activation knows about itself. It is read before the first await: the next activation changes the environment. */
export interface ActionContext {
  readonly activationId: string;
  /** The same in all actions that work on one event; the activation's id until it is known. */
  readonly traceId: string;
  /** `/namespace/package/action`. */
  readonly actionName: string;
  readonly apiHost: string;
  /** When OpenWhisk ends this activation: by the step's own limit, not the sequence's. */
  readonly deadline: EpochMs;
  /** The request headers that the action asked for, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly now: () => EpochMs;
  readonly log: Log;
  /** The same context for the rest of the activation: from now on log lines and a failure have this trace id. */
  withTraceId(traceId: string): ActionContext;
}

export interface ActionDefinition {
  readonly name: string;
  /** Request headers that `work` may see. All others are dropped unread, the caller's key among them. */
  readonly headers?: readonly string[];
  work(params: Params, context: ActionContext): Promise<object>;
  /** The shape of a failure; by default that of a web action. */
  failed?(failure: Failure): object;
}

function headersIn(headers: unknown, names: readonly string[]): Record<string, string> {
  const given: Readonly<Record<string, unknown>> = Object(headers);
  const found = names.map((name) => [name, given[name]]).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(found);
}

const now = (): EpochMs => Date.now() as EpochMs;

function contextOf(
  definition: ActionDefinition,
  params: Params,
  headers: Record<string, string>,
  changed: (context: ActionContext) => void,
): ActionContext {
  const { __OW_ACTIVATION_ID = '', __OW_ACTION_NAME = '', __OW_API_HOST = '', __OW_DEADLINE } = process.env;
  const level = params['LOG_LEVEL'];
  const contextWith = (traceId: string): ActionContext => ({
    activationId: __OW_ACTIVATION_ID,
    traceId,
    actionName: __OW_ACTION_NAME,
    apiHost: __OW_API_HOST,
    deadline: Number(__OW_DEADLINE ?? now() + 60_000) as EpochMs,
    headers,
    now,
    log: createLog(
      typeof level === 'string' && isLogLevel(level) ? level : 'info',
      { action: definition.name, activationId: __OW_ACTIVATION_ID, traceId },
      (line) => console.log(line),
      now,
    ),
    withTraceId: (known) => {
      const context = contextWith(known);
      changed(context);
      return context;
    },
  });
  return contextWith(__OW_ACTIVATION_ID);
}

/**
 * Makes an action's `main`. It drops all request headers but the named ones, and returns whatever is thrown as data.
 *
 * Nothing may be thrown: the web action would answer 204, which a sender takes for success, or with the suffix `.json` 200
 * with message and stack (facts ow-responses-13, ow-suffixes-03).
 */
export function defineAction(definition: ActionDefinition): (params: unknown) => Promise<object> {
  const failed = definition.failed ?? webFailure;
  return async (given) => {
    const { __ow_headers, ...params } = (given ?? {}) as Record<string, unknown>;
    let context = contextOf(definition, params, headersIn(__ow_headers, definition.headers ?? []), (changed) => {
      context = changed;
    });
    try {
      return await definition.work(params, context);
    } catch (error) {
      return failed(failureOf(error, context));
    }
  };
}
