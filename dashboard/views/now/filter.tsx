import { useEffect, useRef } from 'preact/hooks';
import { hrefToNow, type NowAddress } from '../../model/now-address.ts';
import { hasSingleKeys } from '../../single-keys.ts';
import { goToInPlace } from './go-to.ts';

/** After so long without another key, the filter takes effect: the graph is drawn anew then. */
const PAUSE_MS = 150;

interface FilterProps {
  readonly address: NowAddress;
  /** How many apps the filter leaves, and of how many. */
  readonly count: number;
  readonly total: number;
  readonly problems: readonly string[];
}

/** The box for the filter, what it left, and the link to the table or to the graph. */
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
