import type { AppRef } from '../../src/core/names.ts';
import { seededRandom } from '../seeded-random.ts';

/** A fault of the simulated tenant: one answer to a post for an app is cut off. */
export interface LostAnswer {
  readonly on: 'POST /api/v1/reloads';
  readonly kind: 'drop-before' | 'drop-after';
  readonly appId: string;
}

/**
 * Draws the faults for the POSTs of apps. Exactly one app in ten loses an answer before the effect, and one in ten
 * after it. Cascade repeats a POST that was lost before the effect. The repeated POST may be lost again, with the same
 * chances.
 */
export function lostAnswers(apps: readonly AppRef[], seed: number): readonly LostAnswer[] {
  const random = seededRandom(seed);
  const tenth = Math.ceil(apps.length / 10);
  const shuffled = apps
    .map(({ appId }) => ({ appId, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ appId }) => appId);
  const fault = (kind: LostAnswer['kind'], appId: string): LostAnswer => ({ on: 'POST /api/v1/reloads', kind, appId });
  const again = (appId: string): readonly LostAnswer[] => {
    const drawn = random();
    if (drawn < 0.1) return [fault('drop-before', appId), ...again(appId)];
    return drawn < 0.2 ? [fault('drop-after', appId)] : [];
  };
  return [
    ...shuffled.slice(0, tenth).flatMap((appId) => [fault('drop-before', appId), ...again(appId)]),
    ...shuffled.slice(tenth, 2 * tenth).map((appId) => fault('drop-after', appId)),
  ];
}

export const countLost = (faults: readonly LostAnswer[], kind: LostAnswer['kind']): number =>
  faults.filter((fault) => fault.kind === kind).length;
