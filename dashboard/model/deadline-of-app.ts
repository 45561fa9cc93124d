import { deadlineWords } from '../../src/core/desk/deadline-words.ts';
import { appStateId } from '../../src/core/document-ids.ts';
import type { GraphApp } from '../../src/core/graph/chain-graph.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { PageDocuments } from './documents.ts';

/**
 * Says by when an app is expected next, as `cascade why` does. The sweep (it runs every 5 minutes) works the deadline
 * out and stores it.
 *
 * @returns one sentence. None if the app is not expected, or if the stored deadline is over with its grace.
 */
export function deadlineOfApp(
  { key, label, ...app }: GraphApp,
  { apps }: CompiledChains,
  documents: Pick<PageDocuments, 'of'>,
  now: EpochMs,
): readonly string[] {
  const expected = apps[key]?.expected;
  const { expectedSince, last } = documents.of('app').get(appStateId(app)) ?? {};
  const next = expectedSince?.next;
  if (expected === undefined || next === undefined || next.deadline + (expected.grace ?? 0) <= now) return [];
  return [deadlineWords(label, expected, next, last)];
}
