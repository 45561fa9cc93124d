import type { ComponentType } from 'preact';
import type { EpochMs } from '../../src/core/units.ts';
import type { Acts } from '../acts.ts';
import type { Ledger } from '../ledger.ts';
import type { Route } from '../routes.ts';

/** What the frame gives to a view. */
export interface ViewProps {
  readonly ledger: Ledger;
  /** Where the person is: the path within the view, and the filters. */
  readonly route: Route;
  /** The time, which moves on every 30 s. Views are painted again then. */
  readonly now: EpochMs;
  /** The name of the person's account in CouchDB. */
  readonly user: string;
  /** What the person does to tickets: a view adds it here. */
  readonly acts: Acts;
}

/** A view: a part of the page that has an entry in the navigation, such as Now or Runs. `views.ts` lists them. */
export interface View {
  /** The first part of its URLs: `runs` for `#/runs/…`. */
  readonly name: string;
  /** Its name in the navigation and in the browser's tab, and its heading. */
  readonly title: string;
  readonly Content: ComponentType<ViewProps>;
}
