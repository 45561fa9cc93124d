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
  /** Calls an order off that may be, if there is one. */
  readonly callOff: () => void;
}

const LONGEST_BURST_MS = 3 * 60_000;

/** Plans what people do to apps until `until`: mostly alone, now and then several on apps that follow each other. */
export function planPeople(world: PeopleWorld, until: number, meanPauseMs: number): void {
  const { scheduler, random } = world;
  let at = scheduler.now;
  for (;;) {
    at += 1_000 + random.next() * 2 * meanPauseMs;
    if (at >= until) return;
    for (const each of burst(world)) scheduler.at(at + random.between(0, LONGEST_BURST_MS), each);
  }
}

function burst(world: PeopleWorld): readonly (() => void)[] {
  const { random, topology } = world;
  const app = random.chance(0.03) ? topology.stranger : random.pick(topology.apps);
  const followers = topology.links.filter(({ after }) => after.appId === app.appId).map(({ target }) => target);
  const isAlone = random.chance(0.5) || followers.length === 0;
  const apps = isAlone ? [app] : [app, random.pick(followers), ...(random.chance(0.5) ? [app] : [])];
  return apps.map((each) => () => act(each, world));
}

function act(app: AppRef, world: PeopleWorld): void {
  const { faults } = world;
  if (faults.strikes('session-app')) world.sessionApp(app);
  if (faults.strikes('called-off', 0.05)) world.callOff();
  if (faults.strikes('editor-load')) world.loadInEditor(app);
  else reload(app, world);
}

function reload(app: AppRef, world: PeopleWorld): void {
  const { faults, random } = world;
  const type = random.pick(['hub', 'chronos', 'external']);
  const tenant = world.tenantOf(app);
  const isAsUs = tenant.traits.echo !== 'none' && faults.strikes('person-as-us', 0.02);
  const userId = isAsUs ? OUR_USER : 'person';
  const body = random.chance(0.1) ? { partial: true } : {};
  const accepted = tenant.accept({ appId: app.appId, type: isAsUs ? 'external' : type, userId, body });
  if (accepted !== undefined && faults.isOn) faults.count('person-reloads');
}
