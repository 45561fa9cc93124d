import { waitsIn } from '../../../src/core/runs/count-waits.ts';
import { INBOX_FILTERS, type InboxFilter, inboxLines, ordersByCause } from '../../model/inbox.ts';
import { hrefTo } from '../../routes.ts';
import { Instant } from '../../ui/instant.tsx';
import { Mark } from '../../ui/mark.tsx';
import { Sentence } from '../../ui/sentence.tsx';
import type { ViewProps } from '../view.ts';

/** How many lines the list shows at first, and how many more with each click on "Show older ones". */
const SHOWN = 100;

const FILTER_WORDS: Readonly<Record<InboxFilter, string>> = {
  all: 'everything',
  letters: 'what nobody understood',
  'nothing-followed': 'ends that nothing followed',
  'not-finished': 'what Cascade has not finished',
};

/**
 * Shows what Cascade heard, the newest first: ends of reloads, and bodies that nobody understood. A person sees here
 * what each end caused. The URL says what to list: `#/inbox?only=<filter>&text=<text>&show=<n>`.
 */
export function InboxList({ ledger, route: { query }, now }: ViewProps) {
  const filter = INBOX_FILTERS.find((each) => each === query.get('only')) ?? 'all';
  const text = query.get('text') ?? '';
  const limit = Math.max(SHOWN, Number(query.get('show')) || 0);
  const facts = {
    events: ledger.of('event').values(),
    letters: ledger.of('dead').values(),
    caused: ordersByCause(ledger.of('order').values()),
    waitOf: waitsIn([...ledger.of('join').values()], now).waitOf,
  };
  const lines = inboxLines(facts, { filter, text }, ledger.labelOf);
  const asked = { ...(filter !== 'all' && { only: filter }), ...(text !== '' && { text }) };
  const showing = (only: string, sought: string): string =>
    hrefTo('inbox', [], { ...(only !== 'all' && { only }), ...(sought !== '' && { text: sought }) });
  return (
    <>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <label>
          Show{' '}
          <select value={filter} onChange={(event) => location.assign(showing(event.currentTarget.value, text))}>
            {INBOX_FILTERS.map((each) => (
              <option key={each} value={each}>
                {FILTER_WORDS[each]}
              </option>
            ))}
          </select>
        </label>
        <label>
          With the text {/* `replace`: otherwise Back would go through each letter typed. */}
          <input
            type="search"
            value={text}
            onInput={(event) => location.replace(showing(filter, event.currentTarget.value))}
          />
        </label>
      </form>
      {lines.length === 0 ? (
        <p>{text === '' && filter === 'all' ? EMPTY : NONE_LIKE_THAT}</p>
      ) : (
        <table class="rows">
          <caption class="unseen">What Cascade heard, the newest first</caption>
          <thead>
            <tr>
              <th scope="col">Received</th>
              <th scope="col">What</th>
              <th scope="col">From</th>
              <th scope="col">What it caused</th>
              <th scope="col">Cascade has</th>
            </tr>
          </thead>
          <tbody>
            {lines.slice(0, limit).map(({ id, receivedAt, what, from, caused, isFinished }) => (
              <tr key={id}>
                <td data-label="Received">
                  <Instant at={receivedAt} now={now} />
                </td>
                <th scope="row">
                  <a href={hrefTo('inbox', [id])}>{what}</a>
                </th>
                <td data-label="From">{from}</td>
                <td class="text">
                  <Sentence text={caused} now={now} labelOf={ledger.labelOf} />
                </td>
                <td>
                  <Mark state={isFinished ? 'succeeded' : 'waiting'} word={isFinished ? 'finished' : 'not finished'} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {lines.length > limit && (
        <p>
          <a href={hrefTo('inbox', [], { ...asked, show: String(limit + SHOWN) })}>Show older ones</a>
        </p>
      )}
    </>
  );
}

const EMPTY =
  'Cascade has heard of nothing in the last days: no webhook came, and the sweep found no reload that ended.';
const NONE_LIKE_THAT = 'Nothing that Cascade heard in the last days is like that.';
