import type { CountedActivation } from '../../../src/core/metrics/stat.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import type { Random } from '../../simulation/world/random.ts';

/** The sequences. Each has its first action, and the milliseconds that it takes longer than that action. */
const SEQUENCES = [
  ['webhook', 'receiver', [60, 900]],
  ['sweep', 'collector', [60, 500]],
  ['record', 'storer', [20, 300]],
] as const;

/** Actions that the week does not run, but that clients call again and again: how often, and how long they take. */
const ASKED_FOR = [
  { action: 'meter', everyMinutes: 5, tookMs: [80, 400] },
  { action: 'metrics', everyMinutes: 5, tookMs: [60, 300] },
  { action: 'chains', everyMinutes: 60, tookMs: [150, 900] },
  { action: 'dashboard', everyMinutes: 95, tookMs: [15, 90] },
] as const;

/** The first activation of `metrics` from this index on did not end in time. */
const TIMED_OUT = 1_000;

/** The activations of the sequences and of the actions that the week of demo data does not run itself. */
export function otherActivations(
  known: ReadonlyMap<string, readonly CountedActivation[]>,
  { from, to }: { readonly from: number; readonly to: number },
  random: Random,
): ReadonlyMap<string, readonly CountedActivation[]> {
  const sequences = SEQUENCES.map(([sequence, first, [least, most]]) => {
    const activations = (known.get(first) ?? []).map(
      ({ initMs: _, ...activation }, index): CountedActivation => ({
        ...activation,
        activationId: `${sequence}-${index}`,
        durationMs: activation.durationMs + random.between(least, most),
      }),
    );
    return [sequence, activations] as const;
  });
  const askedFor = ASKED_FOR.map(({ action, everyMinutes, tookMs: [least, most] }) => {
    const count = Math.floor((to - from) / (everyMinutes * 60_000));
    const activations = Array.from({ length: count }, (_, index): CountedActivation => {
      const isLate = action === 'metrics' && index === TIMED_OUT;
      return {
        activationId: `${action}-${index}`,
        start: (from + index * everyMinutes * 60_000) as EpochMs,
        status: isLate ? 'developer_error' : 'success',
        durationMs: isLate ? 60_000 : random.between(least, most),
        ...(everyMinutes > 10 && { initMs: random.between(60, 260) }),
      };
    });
    return [action, activations] as const;
  });
  return new Map([...sequences, ...askedFor]);
}
