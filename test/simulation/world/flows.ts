import type { Batch, HintRef } from '../../../src/contracts/batch.ts';
import type { EndRecord } from '../../../src/contracts/end-record.ts';
import type { OrderRequest } from '../../../src/contracts/order-request.ts';
import type { Plan } from '../../../src/contracts/plan.ts';
import { ACTION_LIMITS } from '../../../src/core/action-limits.ts';
import { isJsonObject } from '../../../src/core/json-fields.ts';
import type { ReloadBody } from '../../../src/core/link.ts';
import type { AppRef } from '../../../src/core/names.ts';
import { statusOf } from '../../../src/platform/status-of.ts';
import type { Activation } from './activation.ts';
import type { Host, Outcome } from './host.ts';
import { apiKeyOf, type Steps } from './steps.ts';
import type { Announcement } from './webhooks.ts';

/** The platform's answer if a step of a web sequence fails. */
const PLATFORM_FAILED = 502;
/** After this time the platform itself answers, whatever the sequence does. */
const PLATFORM_PATIENCE_MS = 60_000;
const ACCEPTED = 202;

/** How long each program may run. A person at a terminal waits longer than any action may take. */
const LIMITS_MS = {
  ...Object.fromEntries(Object.entries(ACTION_LIMITS).map(([name, { limit }]) => [name, limit])),
  terminal: 600_000,
} as Readonly<Record<keyof typeof ACTION_LIMITS | 'terminal', number>>;

/** A webhook's answer, and the activation that received it. */
export interface WebhookAnswer {
  readonly status: number;
  readonly receiverId: string;
  /** Whether the receiver was done. Later steps must not make the answer a failure. */
  readonly isReceived: boolean;
  /** Whether a step crashed or ran out of time, so that the platform answered. */
  readonly isCut: boolean;
}

/** A document that `cascade rebuild` would write otherwise. */
export interface Difference {
  readonly document: string;
  readonly fields: Readonly<Record<string, { readonly is: unknown; readonly shouldBe: unknown }>>;
}

interface FlowsWorld {
  readonly host: Pick<Host, 'runAction'>;
  readonly steps: Steps;
  readonly now: () => number;
  readonly onDid: (did: string) => void;
  /** Called with what the lists showed to a sweep that ended well. */
  readonly onHeard: (lists: Activation['lists']) => void;
}

/** The deployed actions and sequences. */
export class Flows {
  readonly steps: Steps;
  readonly #world: FlowsWorld;

  constructor(world: FlowsWorld) {
    this.#world = world;
    this.steps = world.steps;
  }

  /** Runs an action or a sequence by its name, as OpenWhisk does when it is invoked. */
  async run(name: string, params: unknown): Promise<void> {
    const given = isJsonObject(params) ? params : {};
    if (name === 'reload') await this.#reload(given['request'] as OrderRequest);
    else if (name === 'invoker') await this.#invoke(given['plan'] as Plan);
    else if (name === 'sweep') await this.sweep(given['hint'] as HintRef | undefined);
    else if (name === 'record') await this.#store(given['record'] as EndRecord);
    else throw new Error(`Nothing is deployed as ${name}.`);
  }

  async sweep(hint?: HintRef): Promise<void> {
    const { host, steps, onHeard } = this.#world;
    let lists: Activation['lists'] = new Map();
    const collected = await host.runAction('collector', LIMITS_MS.collector, (activation) => {
      ({ lists } = activation);
      return steps.collector(activation, hint === undefined ? {} : { hint });
    });
    if (collected.kind !== 'done') return;
    onHeard(lists);
    const planned = await this.#resolve(collected.value);
    if (planned.kind === 'done') await this.#invoke(planned.value);
  }

  /** Runs the sequence `webhook`: receiver, resolver, invoker. The sender waits. */
  async webhook(announcement: Pick<Announcement, 'tenant' | 'body'>): Promise<WebhookAnswer> {
    const { host, steps, now } = this.#world;
    const { body, tenant } = announcement;
    const startedAt = now();
    let receiverId = '';
    const received = await host.runAction('receiver', LIMITS_MS.receiver, (activation) => {
      receiverId = activation.id;
      return steps.receiver(activation, body, apiKeyOf(tenant));
    });
    if (received.kind !== 'done') {
      const status = received.kind === 'failed' ? statusOf(received.error.code) : PLATFORM_FAILED;
      return { status, receiverId, isReceived: false, isCut: received.kind === 'died' };
    }
    const answer = await this.#restOfWebhook(received.value);
    const isLate = now() - startedAt > PLATFORM_PATIENCE_MS;
    return { ...answer, ...(isLate ? { status: ACCEPTED } : {}), receiverId, isReceived: true };
  }

  /** `cascade cancel`, by a person at a terminal. @returns whether it ended by itself, without an error. */
  async cancel(order: string): Promise<boolean> {
    return this.#cancel((activation) => this.#world.steps.cancel(activation, order));
  }

  /** `cascade cancel --all`. @returns false if the command failed. */
  async cancelAll(): Promise<boolean> {
    return this.#cancel((activation) => this.#world.steps.cancelAll(activation));
  }

  async #cancel(work: (activation: Activation) => Promise<unknown>): Promise<boolean> {
    return (await this.#world.host.runAction('cancel', LIMITS_MS.terminal, work)).kind === 'done';
  }

  /** `cascade replay`, by a person at a terminal. */
  async replay(id: string): Promise<void> {
    const { host, steps } = this.#world;
    await host.runAction('replay', LIMITS_MS.terminal, (activation) => steps.replay(activation, id));
  }

  /** `cascade rebuild`, by a person at a terminal. @returns what differs; undefined if the command failed. */
  async rebuild(): Promise<readonly Difference[] | undefined> {
    const { host, steps } = this.#world;
    const outcome = await host.runAction('rebuild', LIMITS_MS.terminal, async (activation) => {
      const { json } = await steps.rebuild(activation);
      return (json as { readonly differences: readonly Difference[] }).differences;
    });
    return outcome.kind === 'done' ? outcome.value : undefined;
  }

  /** `reload`, invoked by a person. */
  async byHand(app: AppRef, body: ReloadBody): Promise<void> {
    const { host, steps } = this.#world;
    await host.runAction('reload', LIMITS_MS.reload, (activation) => steps.byHand(activation, app, body));
  }

  async #restOfWebhook(batch: Batch): Promise<Pick<WebhookAnswer, 'status' | 'isCut'>> {
    const planned = await this.#resolve(batch);
    if (planned.kind !== 'done') return failed(planned);
    const invoked = await this.#invoke(planned.value);
    if (invoked.kind !== 'done') return failed(invoked);
    const { statusCode } = invoked.value as { readonly statusCode?: number };
    return { status: statusCode ?? 500, isCut: false };
  }

  #resolve(batch: Batch): Promise<Outcome<Plan>> {
    const { host, steps } = this.#world;
    return host.runAction('resolver', LIMITS_MS.resolver, (activation) => steps.resolver(activation, batch));
  }

  #invoke(plan: Plan): Promise<Outcome<object>> {
    const { host, steps } = this.#world;
    return host.runAction('invoker', LIMITS_MS.invoker, (activation) => steps.invoker(activation, plan));
  }

  async #reload(request: OrderRequest): Promise<void> {
    const { host, steps, onDid } = this.#world;
    const outcome = await host.runAction('reload', LIMITS_MS.reload, (activation) => steps.reload(activation, request));
    if (outcome.kind === 'done') onDid(String((outcome.value as { readonly did?: string }).did));
    else onDid(outcome.kind === 'failed' ? outcome.error.code : 'died');
  }

  async #store(record: EndRecord): Promise<void> {
    const { host, steps } = this.#world;
    const stored = await host.runAction('storer', LIMITS_MS.storer, (activation) => steps.storer(activation, record));
    if (stored.kind !== 'done') return;
    const documents = [...stored.value.owing, ...(record.owing ?? [])];
    if (documents.length === 0) return;
    const notifier = (laterMs: number) =>
      host.runAction('notifier', LIMITS_MS.notifier, async (activation) => {
        await activation.sleep(laterMs);
        await steps.notifier(activation, documents, record.owing !== undefined);
      });
    const anotherMs = steps.anotherNotifier();
    await Promise.all([notifier(0), ...(anotherMs === undefined ? [] : [notifier(anotherMs)])]);
  }
}

const failed = (outcome: Exclude<Outcome<unknown>, { kind: 'done' }>): Pick<WebhookAnswer, 'status' | 'isCut'> =>
  outcome.kind === 'failed'
    ? { status: statusOf(outcome.error.code), isCut: false }
    : { status: PLATFORM_FAILED, isCut: true };
