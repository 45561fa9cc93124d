import { type AppRef, appOfKey } from '../names.ts';
import type { Skip } from '../skip.ts';
import type { LabelOf } from './facts.ts';
import { notReloadedWords } from './skip-words.ts';
import { instantText, shortInstantText } from './time-words.ts';
import type { WaitNow, WaitSkip } from './wait-now.ts';

/**
 * Says to people why an end did not set off a link, or what has become of that since: `Sales report: not reloaded: …`.
 * The trees of `cascade runs` and of the dashboard show it.
 *
 * @param waitOf - what has become of an end that waited for other apps; undefined if nobody knows.
 */
export function linkWords(
  skip: Extract<Skip, { readonly target: AppRef }>,
  waitOf: (skip: WaitSkip) => WaitNow | undefined,
  labelOf: LabelOf,
): string {
  const words = skip.reason === 'waits-for' ? waitWords(skip, waitOf(skip), labelOf) : notReloadedWords(skip, labelOf);
  return `${labelOf(skip.target)}: ${words}`;
}

/**
 * Says to people what has become of an end (a reload that ended) that waited for other apps. The tree of `cascade runs`
 * shows it. A link waits for several apps, and then reloads its target. The text is the rest of a line that begins with
 * this target.
 *
 * @param wait - undefined if it is unknown. Then the text says for which apps the link waited when the end came.
 */
export function waitWords(skip: WaitSkip, wait: WaitNow | undefined, labelOf: LabelOf): string {
  const { chain } = skip;
  const asked = skip.missing.map(labelOf).join(', ');
  switch (wait?.kind) {
    case undefined:
      return `not reloaded then: chain ${chain} waited for ${asked}, until ${instantText(skip.closesAt)}`;
    case 'ordered':
      return `waited for ${asked} in chain ${chain}, and was then called for: ${wait.order}`;
    case 'waits': {
      const { halves, missing, needed, closesAt } = wait;
      const since = halves.map(
        ({ app, endedAt }) => `${labelOf(appOfKey(app))} since ${shortInstantText(endedAt, closesAt)}`,
      );
      const count = needed === missing.length ? '' : `${needed} of `;
      const left = `${count}${missing.map(labelOf).join(', ')}`;
      return `not reloaded yet, chain ${chain} has ${since.join(', ')}, and waits for ${left}, until ${instantText(closesAt)}`;
    }
    case 'in-vain':
      return `not reloaded: chain ${chain} waited for ${asked} in vain, until ${instantText(wait.until)}`;
    case 'superseded':
    case 'withdrawn':
    case 'expired':
      return notReloadedWords({ ...skip, reason: wait.kind }, labelOf);
    default:
      return wait satisfies never;
  }
}
