import type { EpochMs } from '../core/units.ts';
import { failureOf } from './failure-of.ts';
import { createLog, isLogLevel, type Log } from './log.ts';
import { type Failure, webFailure } from './web-failure.ts';

/** An action's parameters, without `__ow_headers`. */
export type Params = Readonly<Record<string, unknown>>;

/** What a run of an action knows of itself; read before the first await, since the environment is the process's. */
export interface ActionContext {
  readonly activationId: string;
  /** Ties together what happens because of one event, over all actions; the activation's id until it is known. */
  readonly traceId: string;
  /** `/namespace/package/action`. */
  readonly actionName: string;
  readonly apiHost: string;
  /** When OpenWhisk ends this run: the step's own limit, not the sequence's. */
  readonly deadline: EpochMs;
  /** The few request headers that the action asked for, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly now: () => EpochMs;
  readonly log: Log;
  /** The same context, for the rest of the run: log lines and a failure carry this trace id from here on. */
  withTraceId(traceId: string): ActionContext;
}

export interface ActionDefinition {
  readonly name: string;
  /** Request headers that `work` may see; all others, the caller's key among them, are dropped unread. */
  readonly headers?: readonly string[];
  work(params: Params, context: ActionContext): Promise<object>;
  /** The shape of a failure; by default that of a web action. */
  failed?(failure: Failure): object;
}

const headersIn = (headers: unknown, names: readonly string[]): Record<string, string> => {
  const found: Record<string, string> = {};
  if (typeof headers !== 'object' || headers === null) return found;
  for (const name of names) {
    const value = (headers as Record<string, unknown>)[name];
    if (typeof value === 'string') found[name] = value;
  }
  return found;
};

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
 * Makes an action's `main`: drops the request's headers but the named ones, and turns whatever is thrown into data.
 *
 * Nothing escapes: an uncaught throw in a web action answers 204, which a sender takes for success, and through the
 * `.json` suffix 200 with message and stack (facts ow-responses-13, ow-suffixes-03).
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
