import type { Fact } from '../support/fact.ts';
import { deliveries, signature } from './deliveries.ts';
import { envelopes } from './envelopes.ts';
import { errors, rate } from './errors-rate.ts';
import { events } from './events.ts';
import { audits, itemsAppsSpaces } from './items-apps-spaces.ts';
import { canceling, reloadsGet } from './reloads-get.ts';
import { reloadsList } from './reloads-list.ts';
import { reloadsPost } from './reloads-post.ts';
import { states } from './states.ts';
import { tokens } from './tokens.ts';
import { unknown } from './unknown.ts';
import { webhooksCrud } from './webhooks-crud.ts';

/** All facts by section, in the order of sim/coverage.md. */
export const SECTIONS: Readonly<Record<string, readonly Fact[]>> = {
  tokens,
  'reloads-post': reloadsPost,
  'reloads-list': reloadsList,
  'reloads-get': reloadsGet,
  cancel: canceling,
  states,
  errors,
  rate,
  'items-apps-spaces': itemsAppsSpaces,
  audits,
  'webhooks-crud': webhooksCrud,
  deliveries,
  envelopes,
  signature,
  events,
  unknown,
};
