import type { Outcome } from '../../src/core/reload-finished.ts';

/** One reload that happened, or has to: apps as `chain/name`. */
export interface HappenedReload {
  readonly app: string;
  readonly outcome: Outcome;
  /** The app whose end called for it; null for a reload that nobody's end called for. */
  readonly after: string | null;
}

/** The apps of the example chains that are reloaded first, as if their schedules were due. */
export const DEMO_FIRST: readonly string[] = ['sales/extract', 'stock/import'];

/** The apps whose reloads fail in the demonstration. */
export const DEMO_FAILS: readonly string[] = ['stock/import'];

/** What the examples in `chains/` must do, no more and no less; written by hand. */
export const DEMO_RELOADS: readonly HappenedReload[] = [
  { app: 'sales/extract', outcome: 'succeeded', after: null },
  { app: 'sales/transform', outcome: 'succeeded', after: 'sales/extract' },
  { app: 'sales/report', outcome: 'succeeded', after: 'sales/transform' },
  { app: 'sales/forecast', outcome: 'succeeded', after: 'sales/transform' },
  { app: 'sales/mail-list', outcome: 'succeeded', after: 'sales/transform' },
  { app: 'stock/import', outcome: 'failed', after: null },
  { app: 'stock/repair', outcome: 'succeeded', after: 'stock/import' },
  { app: 'stock/log', outcome: 'succeeded', after: 'stock/import' },
  { app: 'stock/exceptions', outcome: 'succeeded', after: 'stock/repair' },
];
