import type { ReloadBody } from '../../../src/core/link.ts';
import type { AppRef } from '../../../src/core/names.ts';
import type { Faults } from './faults.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { TenantModel } from './tenant-model.ts';
import { OUR_USER } from './tenant-port.ts';
import type { Topology } from './topology.ts';

export interface PeopleWorld {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly random: Random;
  readonly topology: Topology;
  readonly tenantOf: (app: AppRef) => TenantModel;
  readonly loadInEditor: (app: AppRef) => void;
  readonly sessionApp: (app: AppRef) => void;
  /** Calls off an order, if there is one that may be called off. */
  readonly callOff: () => void;
  /** Calls off all orders that may be called off. */
  readonly callOffAll: () => void;
  /** Reloads an app by Cascade's own action. */
  readonly byHand: (app: AppRef, body: ReloadBody) => void;
  /** Replays an event or a dead letter. */
  readonly replay: () => void;
  readonly garbled: (app: AppRef) => void;
}

const LONGEST_BURST_MS = 3 * 60_000;

/** Plans what people do to apps until `until`: mostly alone, now and then several on apps that follow each other. */
export function planPeople(world: PeopleWorld, until: number, meanPauseMs: number): void {
  const { scheduler, random } = world;
  let at = scheduler.now;
  for (;;) {
    at += 1_000 + random.next() * 2 * meanPauseMs;
    if (at >= until) return;
    for (const each of burst(world)) {
      // After `until` the day is over and the world comes to rest, so nobody does anything more.
      scheduler.at(Math.min(until - 1, at + random.between(0, LONGEST_BURST_MS)), each);
    }
  }
}

function burst(world: PeopleWorld): readonly (() => void)[] {
  const { random, topology } = world;
  const app = random.pick(appsFor(random.next(), topology));
  const followers = topology.links.filter(({ after }) => after.appId === app.appId).map(({ target }) => target);
  const isAlone = random.chance(0.5) || followers.length === 0;
  const apps = isAlone ? [app] : [app, random.pick(followers), ...(random.chance(0.5) ? [app] : [])];
  return apps.map((each) => () => act(each, world));
}

function appsFor(drawn: number, { stranger, late, apps }: Topology): readonly AppRef[] {
  if (drawn < 0.03) return [stranger];
  return drawn < 0.1 && late !== undefined ? late.apps : apps;
}

function act(app: AppRef, world: PeopleWorld): void {
  const { faults } = world;
  if (world.tenantOf(app).unseen.get(app.appId) === 'deleted') return;
  if (faults.strikes('dead-letter')) world.garbled(app);
  if (faults.strikes('replayed')) world.replay();
  if (faults.strikes('session-app')) world.sessionApp(app);
  if (faults.strikes('called-off', 0.05)) world.callOff();
  if (faults.strikes('all-called-off')) world.callOffAll();
  if (faults.strikes('editor-load')) world.loadInEditor(app);
  else if (faults.strikes('by-hand')) world.byHand(app, bodyOf(world));
  else reload(app, world);
}

function reload(app: AppRef, world: PeopleWorld): void {
  const { faults, random } = world;
  const type = random.pick(['hub', 'chronos', 'external']);
  const tenant = world.tenantOf(app);
  const isAsUs = tenant.traits.echo !== 'none' && faults.strikes('person-as-us', 0.02);
  const userId = isAsUs ? OUR_USER : 'person';
  const accepted = tenant.accept({ appId: app.appId, type: isAsUs ? 'external' : type, userId, body: bodyOf(world) });
  if (accepted !== undefined && faults.isOn) faults.count('person-reloads');
}

const bodyOf = ({ random }: PeopleWorld): ReloadBody => (random.chance(0.1) ? { partial: true } : {});
