/*
 * `cascade runs` shows what happened. A link (one step of a chain: this app follows that app) can wait for several
 * apps. Then the end of one of them starts nothing yet. This file reads what has become of such ends, so that the
 * command can say what they still wait for, or which order (a reload that Cascade owes) came of them.
 */

import { joinId } from '../../src/core/document-ids.ts';
import { isComposite } from '../../src/core/link.ts';
import { appKey } from '../../src/core/names.ts';
import { type Waits, waitsIn } from '../../src/core/runs/count-waits.ts';
import type { EventFact } from '../../src/core/runs/facts.ts';
import type { RememberedJoin } from '../../src/core/runs/wait-now.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { readJoin } from '../../src/ledger/documents/join.ts';
import type { LedgerContext } from './ledger-command.ts';
import { readDocuments } from './read-documents.ts';
import { readMany } from './read-owner.ts';

/**
 * Reads what links that wait for several apps remember of some ends. An end names the links for which it waited. An end
 * that did not wait, because the other ends were there already, names none. Then the chain files say for which links it
 * counted, if there are chain files.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function waitsOf(
  events: readonly EventFact[],
  { store, chains }: Pick<LedgerContext, 'store' | 'chains'>,
  now: EpochMs,
): Promise<Waits> {
  const waits = events.flatMap(({ skips = [] }) =>
    skips.flatMap((skip) => (skip.reason === 'waits-for' ? [skip] : [])),
  );
  const prefixes = new Set(waits.map(({ target }) => joinId({ target, clause: '' })));
  const found: RememberedJoin[] = [];
  for (const prefix of prefixes) found.push(...(await readDocuments(store, prefix, readJoin)).found);
  const links = [...new Set(events.map(appKey))].flatMap((app) => (chains?.links[app] ?? []).filter(isComposite));
  const unread = [...new Set(links.map(joinId))].filter((id) => ![...prefixes].some((prefix) => id.startsWith(prefix)));
  const joins = [...found, ...(await readMany(store, unread, readJoin)).filter((join) => join !== undefined)];
  return waitsIn(joins, now);
}
