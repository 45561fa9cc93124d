import { DEPLOYED_ID, definitionId } from '../../../src/core/document-ids.ts';
import type { CompiledChains, CompositeLink, Link } from '../../../src/core/link.ts';
import { type AppRef, appKey } from '../../../src/core/names.ts';
import { definitionHash } from '../../../src/ledger/definition-hash.ts';
import type { StoreModel } from '../../support/store-model.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import { compile, type Deployment, type Topology } from './topology.ts';

/** The chains of one deployment. */
export interface RuleVersion {
  readonly hash: string;
  readonly compiled: CompiledChains;
  readonly links: readonly Link[];
  /** The links that a deployment adds in the middle of the run; empty before that. */
  readonly late: readonly Link[];
  /** Without the paused ones, which must call for nothing. */
  readonly joins: readonly CompositeLink[];
}

interface DeploymentsWorld {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly store: Pick<StoreModel, 'put' | 'get'>;
  readonly topology: Topology;
}

/** The actions that know chains. A deployment replaces them one after the other. */
const ACTIONS = ['receiver', 'collector', 'resolver', 'reload'];
/** How long a deployment takes. */
const LONGEST_MS = 60_000;
/** How long a step with the old chains may still run: each action has at most two minutes. */
const STILL_RUNNING_MS = 15 * 60_000;

/** Which chains each action was built with. */
export class Deployments {
  readonly #world: DeploymentsWorld;
  readonly #running = new Map<string, RuleVersion>();
  /** When the resolver got other chains, by the hash of the old ones. */
  readonly #left = new Map<string, number>();
  readonly #absent = new Set<string>();
  readonly #first: ReadonlySet<string>;
  /** The definitions that the store took. It refuses chains with ill-formed text, and so does `cascade check`. */
  readonly #stored = new Set<string>();
  #deployment: Deployment = { suffix: '', hasLate: false };
  #topology: Topology;
  #newest: RuleVersion;

  constructor(world: DeploymentsWorld) {
    this.#world = world;
    this.#topology = world.topology;
    this.#newest = this.#version();
    this.#first = new Set(Object.keys(this.#newest.compiled.apps));
    for (const action of ACTIONS) this.#running.set(action, this.#newest);
    this.#store();
  }

  /** The chains that were deployed last. A person's commands use these, too. */
  get newest(): RuleVersion {
    return this.#newest;
  }

  get topology(): Topology {
    return this.#topology;
  }

  get deployment(): Deployment {
    return this.#deployment;
  }

  of(action: string): RuleVersion {
    return this.#running.get(action) ?? this.#newest;
  }

  /** Deploys other chains. The actions get them one after the other, within a minute. */
  deploy(change: Partial<Deployment>, topology = this.#topology): void {
    const { scheduler, random } = this.#world;
    this.#deployment = { ...this.#deployment, ...change };
    this.#topology = topology;
    const before = this.#newest;
    const version = this.#version();
    this.#newest = version;
    for (const key of Object.keys(before.compiled.apps)) if (!(key in version.compiled.apps)) this.#absent.add(key);
    this.#store();
    for (const action of ACTIONS) {
      scheduler.after(random.between(0, LONGEST_MS), () => this.#replace(action, version));
    }
  }

  /** Whether a resolver may have these chains now, or may still run with them. */
  mayDecide(hash: string): boolean {
    const left = this.#left.get(hash);
    return (
      this.of('resolver').hash === hash || (left !== undefined && left > this.#world.scheduler.now - STILL_RUNNING_MS)
    );
  }

  isStored(hash: string): boolean {
    return this.#stored.has(hash);
  }

  /** Whether the first chains have the app. */
  wasThereAtFirst(app: { readonly tenant: string; readonly appId: string }): boolean {
    return this.#first.has(appKey(app as AppRef));
  }

  /** Whether the app was in a chain and then, for a while, in none. Its ends from that time are history. */
  wasAbsent(app: { readonly tenant: string; readonly appId: string }): boolean {
    return this.#absent.has(appKey(app as AppRef));
  }

  #replace(action: string, version: RuleVersion): void {
    // A later deployment has replaced this one.
    if (version !== this.#newest) return;
    const { hash } = this.of(action);
    this.#running.set(action, version);
    if (action !== 'resolver' || hash === version.hash) return;
    this.#left.set(hash, this.#world.scheduler.now);
    this.#left.delete(version.hash);
  }

  #version(): RuleVersion {
    const compiled = compile(this.#topology, this.#deployment);
    const { links, joins = [], late } = this.#topology;
    const lateLinks = this.#deployment.hasLate ? (late?.links ?? []) : [];
    const active = joins.filter(({ paused }) => !paused);
    return { hash: definitionHash(compiled), compiled, links, joins: active, late: lateLinks };
  }

  /** As deployment does. */
  #store(): void {
    const { store, scheduler } = this.#world;
    const { hash, compiled: chains } = this.#newest;
    const put = (_id: string, fields: object): boolean => {
      const found = store.get(_id);
      return (
        store.put('deployment', { _id, ...(found && { _rev: found._rev }), schema: 1, ...fields }).kind === 'stored'
      );
    };
    const storedAt = scheduler.now;
    const isStored = put(definitionId(hash), { type: 'definition', hash, part: 1, parts: 1, chains, storedAt });
    if (isStored) this.#stored.add(hash);
    put(DEPLOYED_ID, { type: 'deployed', hash, since: storedAt, before: [] });
  }
}
