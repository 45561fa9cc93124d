import type { Random } from './random.ts';

/** How long one way of a call takes, in ms: mostly little, now and then seconds. */
export function latencyMs(random: Random): number {
  const kind = random.next();
  if (kind < 0.75) return random.between(2, 40);
  if (kind < 0.95) return random.between(40, 300);
  if (kind < 0.997) return random.between(300, 2_000);
  return random.between(2_000, 9_000);
}
