import type { EpochMs } from '../core/units.ts';
import type { Patience } from '../ledger/patient-store.ts';
import { type Failure, failureOf, webFailure } from './failure.ts';
import { createLog, isLogLevel, type Log } from './log.ts';
import { sleep } from './sleep.ts';

/** An action's parameters, without `__ow_headers` (the headers of a web request). */
export type Params = Readonly<Record<string, unknown>>;

/**
 * What an activation (one run of an action) knows about itself, and its clock, its pauses and its random numbers. At
 * `deadline`, OpenWhisk stops the activation. Each step of a sequence has its own deadline. `defineAction` reads
 * OpenWhisk's environment variables before its first `await`, because the next activation in the same process changes
 * them.
 */
export interface ActionContext extends Patience {
  readonly activationId: string;
  /**
   * By this id people find the log lines of all actions that work on one webhook. It is the activation's own id. In a
   * copy by `withTraceId` it is the id that the action took over.
   */
  readonly traceId: string;
  /** `/namespace/package/action`. */
  readonly actionName: string;
  readonly apiHost: string;
  /** The request headers that the action asked for, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly log: Log;
  /**
   * A copy of this context with another trace id. Its log lines have that id. A failure has the id of the latest copy.
   */
  withTraceId(traceId: string): ActionContext;
}

/** An action: its name, what it does, and how its failures look. */
export interface ActionDefinition {
  readonly name: string;
  /** The request headers that `work` gets. It gets no others, so it cannot log a caller's key by mistake. */
  readonly headers?: readonly string[];
  work(params: Params, context: ActionContext): Promise<object>;
  /** Turns a failure into the action's result. Default: `webFailure`, which makes an HTTP answer for a web action. */
  failed?(failure: Failure): object;
}

function headersIn(headers: unknown, names: readonly string[]): Record<string, string> {
  const given: Readonly<Record<string, unknown>> = Object(headers);
  const found = names.map((name) => [name, given[name]]).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(found);
}

const now = (): EpochMs => Date.now() as EpochMs;

/**
 * The context of an activation, from OpenWhisk's environment variables. Without them, as in a test, the deadline is
 * 60 s from now, which is OpenWhisk's default limit.
 *
 * @param changed - gets each context that `withTraceId` makes, because a failure is logged with the latest one.
 */
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
    sleep,
    random: Math.random,
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
 * Makes an action's `main`, the function that OpenWhisk calls. Cascade's actions are made with it, so that they read
 * their environment, log and fail in the same way.
 *
 * If `work` throws, `main` returns the failure as data. If it threw, OpenWhisk would answer a web request with 204,
 * which a sender takes for success; or with 200, message and stack, if the URL ends in `.json` (facts ow-responses-13,
 * ow-suffixes-03).
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
