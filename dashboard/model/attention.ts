/*
 * The view Now begins with the apps that a person may have to look after: those that failed, and those that are late.
 * This file finds them, and says for each why, and who looks after it. A ticket is a streak of failures of one app, for
 * people. An act is one thing that a person did to a ticket.
 */

import type { AppState } from '../../src/core/desk/app-state.ts';
import { lastErrorIn, reasonText } from '../../src/core/desk/last-error.ts';
import { lateCause } from '../../src/core/desk/late-cause.ts';
import type { Late, Streak } from '../../src/core/desk/notice.ts';
import { appStateId } from '../../src/core/document-ids.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import { type AppKey, appOfKey } from '../../src/core/names.ts';
import type { LabelOf, OrderFact } from '../../src/core/runs/facts.ts';
import { gaveUpAt } from '../../src/core/runs/open-problems.ts';
import { instantText } from '../../src/core/runs/time-words.ts';
import { type FoldedActs, foldActs } from '../../src/core/tickets/fold-acts.ts';
import { isReloadTicket } from '../../src/core/tickets/ticket.ts';
import type { PageDocuments } from './documents.ts';
import type { NowLine } from './now-lines.ts';
import { givenUpIn } from './open-problems.ts';

/** An app that a person may have to look after. */
export interface Attention {
  readonly line: NowLine;
  /** Why it failed or is late. */
  readonly why: string;
  /** The id of the failure's ticket. If the app is late, the ticket of the failure that it waits for. */
  readonly ticket?: string;
  /** Who looks after that ticket. */
  readonly owner?: string;
}

/** Orders that were given up, by app: see `givenUpIn`. */
type GivenUp = ReadonlyMap<AppKey, readonly OrderFact[]>;

/** The facts from which this file decides. */
export interface AttentionFacts {
  readonly chains: CompiledChains;
  readonly documents: Pick<PageDocuments, 'of'>;
  readonly labelOf: LabelOf;
}

/**
 * The apps that a person may have to look after: first those that failed, then those that are late. In each of the two
 * groups the latest comes first. A failing app is left out if somebody has rejected, answered or dismissed its ticket.
 * An app whose reload was given up is left out if people have dismissed its orders (reloads that Cascade owed).
 */
export function attentionIn(lines: readonly NowLine[], facts: AttentionFacts): readonly Attention[] {
  const givenUp = givenUpIn(facts.documents);
  const all = lines.flatMap((line) => attentionTo(line, facts, givenUp) ?? []);
  const isLate = ({ line }: Attention): number => Number(line.state === 'late');
  return all.sort((a, b) => isLate(a) - isLate(b) || (b.line.at ?? 0) - (a.line.at ?? 0));
}

/** Whether a person may have to look after an app, and why; undefined if not. */
export function attentionTo(line: NowLine, facts: AttentionFacts, givenUp: GivenUp): Attention | undefined {
  const state = facts.documents.of('app').get(appStateId(line.app));
  if (state?.failing !== undefined) return failing(line, state, state.failing, facts);
  if (line.state === 'late' && state?.late !== undefined) return late(line, state.late, facts);
  const [order] = [...(givenUp.get(line.app.key) ?? [])].sort((a, b) => gaveUpAt(b) - gaveUpAt(a));
  if (order !== undefined) return { line, why: givenUpWords(order) };
  // The app failed and is in no streak of failures: a person called off the next attempt of a failed reload. If Cascade
  // gave a reload up after its last end, people have dismissed that.
  const last = state?.last;
  const hasFailed = line.state === 'failed' && last !== undefined && last.endedAt === line.at;
  return hasFailed ? { line, why: reasonText(last.error) } : undefined;
}

/** When and why Cascade gave a reload up, in a sentence. */
export const givenUpWords = (order: OrderFact): string =>
  `Cascade gave a reload up at ${instantText(gaveUpAt(order))}: ${order.reason?.message ?? 'no reason is known'}`;

/**
 * An app that fails, and why its last reload failed. If a reload of it runs again, the app no longer stands as failed.
 * Then the words say when it failed. Undefined if people have settled the ticket.
 */
function failing(
  line: NowLine,
  { last }: AppState,
  streak: Streak,
  { documents }: AttentionFacts,
): Attention | undefined {
  const { ticket: id, lastFailedAt } = streak;
  const ticket = documents.of('ticket').get(id);
  const acts = actsOf(id, documents);
  if (acts.dismissedAt !== undefined || (acts.state !== 'open' && acts.state !== 'recovered')) return undefined;
  const again = line.state === 'failed' ? '' : `It last failed at ${instantText(lastFailedAt)}: `;
  // An earlier version of Cascade noted no error in the streak.
  const isKnown = ticket !== undefined && isReloadTicket(ticket) && ticket.lastFailedAt === lastFailedAt;
  const known = isKnown ? lastErrorIn(ticket) : undefined;
  const why = reasonText(lastErrorIn(streak) ?? (last?.endedAt === lastFailedAt ? last.error : known));
  return { line, why: `${again}${why}`, ticket: id, ...ownerIn(acts) };
}

/** An app that is late. If it waits for an app that fails, the reason names that app, and the ticket is that app's. */
function late(line: NowLine, missed: Late, { chains, documents, labelOf }: AttentionFacts): Attention {
  const states = documents.of('app');
  const { ticket: id, text } = lateCause(line.app, missed, {
    links: chains.links,
    stateOf: (key) => states.get(appStateId(appOfKey(key))),
    labelOf: (key) => labelOf(appOfKey(key)),
    timeOf: instantText,
  });
  const why = `${text}.`;
  if (id === undefined) return { line, why };
  return { line, why, ticket: id, ...ownerIn(actsOf(id, documents)) };
}

/** What people made of a ticket: its state and its owner follow from the acts. */
const actsOf = (_id: string, documents: AttentionFacts['documents']) =>
  foldActs(documents.of('ticket').get(_id) ?? { _id }, [...documents.of('act').values()]);

const ownerIn = ({ owner }: FoldedActs): Pick<Attention, 'owner'> => (owner === undefined ? {} : { owner });
