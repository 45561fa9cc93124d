import { collect } from '../../../actions/collector/collect.ts';
import { fanOutPorts, newHost } from '../../../actions/invoker/fan-out-ports.ts';
import { invokePlan } from '../../../actions/invoker/invoke-plan.ts';
import { notify } from '../../../actions/notifier/notify.ts';
import { receive } from '../../../actions/receiver/receive.ts';
import { createByHand, orderByHand } from '../../../actions/reload/by-hand.ts';
import { reloadOrder } from '../../../actions/reload/reload-order.ts';
import { resolve } from '../../../actions/resolver/resolve.ts';
import { type StoredEnds, storeEnds } from '../../../actions/storer/store-ends.ts';
import { cancelAll } from '../../../cli/ledger/cancel-all.ts';
import { cancelOrder } from '../../../cli/ledger/cancel-order.ts';
import type { LedgerContext, LedgerReport } from '../../../cli/ledger/ledger-command.ts';
import { rebuild } from '../../../cli/ledger/rebuild/rebuild.ts';
import { replay } from '../../../cli/ledger/replay.ts';
import type { CouchPort } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { PurgePort } from '../../../src/clients/couchdb/purge-port.ts';
import type { InvokerPort } from '../../../src/clients/openwhisk/invoker-port.ts';
import type { QlikPort } from '../../../src/clients/qlik/qlik-port.ts';
import type { Batch, HintRef } from '../../../src/contracts/batch.ts';
import type { EndRecord } from '../../../src/contracts/end-record.ts';
import { batch as batchSchema } from '../../../src/contracts/generated/batch.cjs';
import { endRecord as endRecordSchema } from '../../../src/contracts/generated/end-record.cjs';
import { notifyRequest as notifyRequestSchema } from '../../../src/contracts/generated/notify-request.cjs';
import { orderRequest as orderRequestSchema } from '../../../src/contracts/generated/order-request.cjs';
import { plan as planSchema } from '../../../src/contracts/generated/plan.cjs';
import type { OrderRequest } from '../../../src/contracts/order-request.ts';
import type { Plan } from '../../../src/contracts/plan.ts';
import { type Validator, violationOf } from '../../../src/contracts/validator.ts';
import type { ReloadBody } from '../../../src/core/link.ts';
import type { AppRef, TenantName } from '../../../src/core/names.ts';
import type { ReloadOrder } from '../../../src/core/order.ts';
import { paintsOf } from '../../../src/core/paint.ts';
import type { TimeConstants } from '../../../src/core/time-constants.ts';
import type { DurationMs, EpochMs } from '../../../src/core/units.ts';
import { type Purged, purgeLedger } from '../../../src/ledger/retention/purge-ledger.ts';
import type { Log } from '../../../src/platform/log.ts';
import { parseReceiverSettings } from '../../../src/platform/settings/receiver-settings.ts';
import type { Activation } from './activation.ts';
import type { ChannelModel } from './channel-model.ts';
import type { RuleVersion } from './deployments.ts';
import type { Random } from './random.ts';

/** What the actions' work functions get: ports to the world. */
export interface StepsWorld {
  readonly random: Random;
  readonly times: TimeConstants;
  readonly tenants: readonly TenantName[];
  /** The region of the tenants; default `eu`. Another deployment has tenants with the same names in another region. */
  readonly region?: string;
  readonly store: (activation: Activation) => CouchPort;
  readonly qlik: (activation: Activation, tenant: TenantName) => QlikPort;
  readonly openwhisk: (activation: Activation) => InvokerPort;
  readonly log: (activation: Activation) => Log;
  /** The chains in the action's present bundle. */
  readonly chains: (action: string) => Pick<RuleVersion, 'compiled' | 'hash'>;
  /** The channels on which people hear of apps; undefined for a deployment without channels. */
  readonly channels: ChannelModel | undefined;
  /** World time. */
  readonly stopwatch: () => number;
  readonly maxHops: number;
  readonly maxStartsPerHour: number;
  /** How long final documents are kept, for the receiver and for the purge. */
  readonly retention: Retention;
  /** An activation's way to the store as its administrator. */
  readonly admin: (activation: Activation) => PurgePort;
  /** Called for an order that a person gave, before it is stored. */
  readonly onByHand: (order: ReloadOrder) => void;
}

export const apiKeyOf = (tenant: string): string => `api-key-of-${tenant}`;

/** The region of another deployment's tenants. */
export const ELSEWHERE = 'us';
/** The address of a tenant in a deployment's settings. */
export const addressOf = (tenant: TenantName, region = 'eu'): string => `https://${tenant}.${region}.qlikcloud.com`;
export const qlikIdOf = (tenant: TenantName, region = 'eu'): string => `id-of-${tenant}-in-${region}`;

/**
 * How long final documents are kept. A day of this world is shorter than the shortest retention, so the purge may have
 * a retention of hours.
 */
export interface Retention {
  /** The receiver's RETENTION_DAYS. It takes an end for too old a day before that. */
  readonly receiver: DurationMs;
  readonly purge: DurationMs;
}

/** The actions as this world runs them. Each method only hands ports to the action's own work function. */
export class Steps {
  readonly #world: StepsWorld;
  readonly #settings: ReturnType<typeof parseReceiverSettings>;
  readonly #addressOf = (tenant: TenantName): string => addressOf(tenant, this.#world.region);

  constructor(world: StepsWorld) {
    this.#world = world;
    const tenants = world.tenants.map((name) => ({
      name,
      id: qlikIdOf(name, world.region),
      apiKeys: [apiKeyOf(name)],
    }));
    this.#settings = parseReceiverSettings({ WEBHOOK_TENANTS: JSON.stringify(tenants) });
  }

  async receiver(activation: Activation, body: string, apiKey: string): Promise<Batch> {
    const { store, times, log, chains } = this.#world;
    const { apps } = chains('receiver').compiled;
    const batch = await receive(
      { contentType: 'application/json', apiKey, owBody: body },
      {
        settings: this.#settings,
        isInAChain: (app) => app in apps,
        receivedAt: activation.now() as EpochMs,
        activationId: activation.id,
        log: log(activation),
        ledger: { store: store(activation), times, retention: this.#world.retention.receiver },
      },
    );
    return valid(batch, batchSchema, 'batch');
  }

  async collector(activation: Activation, params: { readonly hint?: HintRef }): Promise<Batch> {
    const { store, times, log, chains, tenants, qlik } = this.#world;
    const batch = await collect(params, {
      store: store(activation),
      qlikOf: (tenant) => qlik(activation, tenant),
      tenants,
      webhookPath: '/web/guest/cascade/webhook',
      addressOf: this.#addressOf,
      apps: chains('collector').compiled.apps,
      isShowingLogs: true,
      retention: this.#world.retention.receiver,
      times,
      deadline: activation.deadline as EpochMs,
      now: () => activation.now() as EpochMs,
      traceId: activation.id,
      log: log(activation),
    });
    return valid(batch, batchSchema, 'batch');
  }

  async resolver(activation: Activation, batch: Batch): Promise<Plan> {
    const { store, times, log, chains, maxHops } = this.#world;
    const { compiled, hash: definition } = chains('resolver');
    const ports = { store: store(activation), times, maxHops, definition, log: log(activation) };
    return valid(await resolve(batch, compiled.links, ports), planSchema, 'plan');
  }

  async invoker(activation: Activation, given: Plan): Promise<object> {
    const { store, times, log, openwhisk, random } = this.#world;
    const now = (): EpochMs => activation.now() as EpochMs;
    const plan = valid(given, planSchema, 'plan');
    const { container } = activation;
    const host = container.remembered('host', () => newHost(now));
    const ports = await fanOutPorts(plan, host, {
      openwhisk: openwhisk(activation),
      packagePath: '/guest/cascade/',
      deadline: activation.deadline as EpochMs,
      now,
      sleep: (durationMs) => activation.sleep(durationMs),
      random: () => random.next(),
    });
    return invokePlan(plan, { ...ports, ledger: { store: store(activation), times }, log: log(activation) });
  }

  reload(activation: Activation, given: OrderRequest): Promise<object> {
    return this.#reload(activation, given, this.#world.store(activation));
  }

  /** `wsk action invoke cascade/reload -p app …`. */
  async byHand(activation: Activation, { tenant, appId }: AppRef, body: ReloadBody): Promise<object> {
    const { times, chains, onByHand } = this.#world;
    const store = this.#world.store(activation);
    const order = orderByHand({ app: appId, tenant, ...body }, chains('reload').compiled.apps, activation.id);
    onByHand(order);
    const now = activation.now() as EpochMs;
    return this.#reload(
      activation,
      await createByHand(order, {
        store,
        times,
        now,
        activationId: activation.id,
        addressOf: this.#addressOf,
        log: this.#world.log(activation),
      }),
      store,
    );
  }

  #reload(activation: Activation, given: OrderRequest, store: CouchPort): Promise<object> {
    const { times, log, qlik, random, maxStartsPerHour } = this.#world;
    const request = valid(given, orderRequestSchema, 'request');
    if ('order' in request) throw new Error('With a ledger an order travels as its document or its id.');
    return reloadOrder(request, {
      store,
      qlikOf: (tenant) => qlik(activation, tenant),
      addressOf: this.#addressOf,
      times,
      deadline: activation.deadline as EpochMs,
      now: () => activation.now() as EpochMs,
      sleep: (durationMs) => activation.sleep(durationMs),
      random: () => random.next(),
      log: log(activation),
      logOf: () => log(activation),
      owner: activation.id,
      maxStartsPerHour,
    });
  }

  cancel(activation: Activation, order: string): Promise<LedgerReport> {
    return cancelOrder(this.#terminal(activation), order);
  }

  cancelAll(activation: Activation): Promise<LedgerReport> {
    return cancelAll(this.#terminal(activation));
  }

  replay(activation: Activation, id: string): Promise<LedgerReport> {
    // A dead letter may be as old as a webhook may be for the receiver.
    return replay({ ...this.#terminal(activation), retention: this.#world.retention.receiver }, id);
  }

  /** `cascade rebuild`, which writes nothing. */
  rebuild(activation: Activation): Promise<LedgerReport> {
    return rebuild(this.#terminal(activation), false);
  }

  #terminal(activation: Activation): LedgerContext {
    const store = this.#world.store(activation);
    return {
      database: 'cascade',
      store,
      chains: this.#world.chains('terminal').compiled,
      labelOf: ({ appId }) => appId,
      now: () => store.now() ?? (activation.now() as EpochMs),
      paints: paintsOf(false),
      warn: () => {},
      isReader: async () => false,
      whoseUser: 'unknown',
      retention: this.#world.retention.purge,
      asPerson: () => store,
      admin: { store, port: this.#world.admin(activation), users: store },
      hostOf: () => {
        throw new Error('No command reads logs here.');
      },
    };
  }

  /** `cascade ledger purge`. */
  purge(activation: Activation): Promise<Purged> {
    const { store, admin, retention } = this.#world;
    return purgeLedger({
      store: store(activation),
      port: admin(activation),
      retention: retention.purge,
      stopwatch: () => activation.now(),
      sleep: (durationMs) => activation.sleep(durationMs),
    });
  }

  /** How much later, in ms, another notifier gets the same documents; undefined if none does. */
  anotherNotifier(): number | undefined {
    return this.#world.channels?.another();
  }

  /** Does nothing if this deployment has no channels. */
  async notifier(activation: Activation, documents: readonly string[], isSwept = false): Promise<void> {
    const { store, log, chains, channels } = this.#world;
    if (channels === undefined) return;
    const traceId = activation.id;
    const request = valid({ traceId, documents, isSwept }, notifyRequestSchema, 'notify');
    await notify(request, {
      store: store(activation),
      channels: channels.channels,
      send: channels.port(activation),
      chains: chains('notifier').compiled,
      page: 'https://host.example/dashboard',
      traceId,
      deadline: activation.deadline as EpochMs,
      now: () => activation.now() as EpochMs,
      // A stopwatch, unlike the container's clock, does not jump.
      stopwatch: () => this.#world.stopwatch(),
      log: log(activation),
    });
  }

  storer(activation: Activation, record: EndRecord): Promise<StoredEnds> {
    const { store, times, log, random, chains, channels } = this.#world;
    const ports = {
      store: store(activation),
      links: chains('storer').compiled.links,
      routesOf: ({ appId }: AppRef) => channels?.routesOf(appId) ?? { failed: [], recovered: [] },
      times,
      log: log(activation),
      deadline: activation.deadline as EpochMs,
      now: () => activation.now() as EpochMs,
      sleep: (durationMs: number) => activation.sleep(durationMs),
      random: () => random.next(),
    };
    return storeEnds(valid(record, endRecordSchema, 'record'), ports);
  }
}

/** Reads a value as `main` of the next step would. */
function valid<T>(value: T, validator: Validator<T>, name: string): T {
  const read: unknown = JSON.parse(JSON.stringify(value));
  if (validator(read)) return read;
  throw new Error(`The ${name} ${violationOf(validator)}.`);
}
