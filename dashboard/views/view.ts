import type { ComponentType } from 'preact';
import type { EpochMs } from '../../src/core/units.ts';
import type { Acts } from '../acts.ts';
import type { Ledger } from '../ledger.ts';
import type { Route } from '../routes.ts';

/** What a view gets. */
export interface ViewProps {
  readonly ledger: Ledger;
  /** Where the person is, in this view: its path and its filters. */
  readonly route: Route;
  /** The present, to the half minute: views are painted again when it changes. */
  readonly now: EpochMs;
  /** The person's account in CouchDB. */
  readonly user: string;
  /** What the person does to tickets. */
  readonly acts: Acts;
}

/** A part of the page with an entry in the navigation. */
export interface View {
  /** The first part of its URLs: `runs` for `#/runs/…`. */
  readonly name: string;
  /** Its entry in the navigation, and the page's title. */
  readonly title: string;
  readonly Content: ComponentType<ViewProps>;
}
