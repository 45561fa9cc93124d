import { useEffect, useRef } from 'preact/hooks';
import { hrefToNow, type NowAddress } from '../../model/now-address.ts';
import { hasSingleKeys } from '../../single-keys.ts';
import { goToInPlace } from './go-to.ts';

/**
 * How long after the last key the filter takes effect. A new filter has the graph drawn anew, which is too slow for
 * each letter.
 */
const PAUSE_MS = 150;

interface FilterProps {
  readonly address: NowAddress;
  /** How many apps the filter leaves. */
  readonly count: number;
  /** How many apps there are. */
  readonly total: number;
  /** A sentence for each part of the filter that names an unknown chain, or, beside a plus, an unknown app. */
  readonly problems: readonly string[];
}

/**
 * Shows the box in which a person types a filter for the apps of the view Now, how many apps it left, and the link that
 * switches between graph and table.
 */
export function Filter({ address, count, total, problems }: FilterProps) {
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(pause.current), []);
  const { isTable } = address;
  const hasKey = hasSingleKeys.value;
  return (
    <form class="filter" onSubmit={(event) => event.preventDefault()}>
      <label>
        Filter{' '}
        <input
          type="search"
          value={address.filter}
          placeholder="name, +app, app+2, chain:sales, tag:urgent"
          aria-describedby="filtered"
          spellcheck={false}
          onInput={({ currentTarget: { value } }) => {
            clearTimeout(pause.current);
            // The new drawing is another one, so the part that was seen says nothing about it.
            const { viewport: _, ...rest } = address;
            pause.current = setTimeout(() => goToInPlace(hrefToNow({ ...rest, filter: value })), PAUSE_MS);
          }}
        />
      </label>
      <p id="filtered" aria-live="polite">
        {count === total ? `${total} apps.` : `${count} of ${total} apps.`} {problems.join(' ')}
      </p>
      <a href={hrefToNow({ ...address, isTable: !isTable })} {...(hasKey && { 'aria-keyshortcuts': 't' })}>
        {isTable ? 'Show the graph' : 'Show a table'}
        {hasKey && ' (key t)'}
      </a>
    </form>
  );
}
