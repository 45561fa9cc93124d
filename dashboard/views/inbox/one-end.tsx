import { endWords } from '../../../src/core/runs/end-words.ts';
import { ownersOf } from '../../../src/core/runs/group-runs.ts';
import { stateWords } from '../../../src/core/runs/order-words.ts';
import { reloadTimes, reloadTimesText } from '../../../src/core/runs/reload-times.ts';
import { ordersByCause, sourceWords } from '../../model/inbox.ts';
import { nodeState } from '../../model/mark.ts';
import { notSetOff } from '../../model/not-set-off.ts';
import { hrefTo } from '../../routes.ts';
import { CopyCommand } from '../../ui/copy-command.tsx';
import { Heading } from '../../ui/heading.tsx';
import { Instant } from '../../ui/instant.tsx';
import { Mark } from '../../ui/mark.tsx';
import { Sentence } from '../../ui/sentence.tsx';
import type { ViewProps } from '../view.ts';
import { BackToInbox } from './back-to-inbox.tsx';

/**
 * Shows one end of a reload: how Cascade heard of it, what it caused, and why some links of the chains were not set
 * off. A person looks here to see why an app did or did not run. `owner` is the order (a reload that Cascade owed)
 * whose reload ended; a skip is a link that was not set off.
 */
export function OneEnd({ ledger, now, id }: ViewProps & { readonly id: string }) {
  const event = ledger.of('event').get(id);
  if (event === undefined)
    return (
      <BackToInbox>
        This end is not on the device. It is older than the device keeps, it was removed, or its address has a mistake.
      </BackToInbox>
    );
  const orders = [...ledger.of('order').values()];
  const owner = ownersOf(orders)(event);
  const caused = ordersByCause(orders).get(id) ?? [];
  const { skips = [], error } = event;
  const times = reloadTimesText(reloadTimes(event));
  return (
    <>
      <BackToInbox />
      <Heading text={ledger.labelOf(event)} />
      <p>
        <Mark
          state={nodeState({ event, ...(owner !== undefined && { order: owner }) })}
          word={endWords(event, owner)}
        />{' '}
        at <Instant at={event.endedAt} now={now} />
        {times !== '' && ` (${times})`}. Cascade heard of it at <Instant at={event.storedAt} now={now} /> from{' '}
        {sourceWords(event)}.
      </p>
      {error !== undefined && <p class="error">{`${error.code}: ${error.message}`}</p>}
      <h3>What it caused</h3>
      {caused.length === 0 && (
        <p>{event.resolvedAt === undefined ? 'Cascade has not looked yet which apps follow.' : 'No reload.'}</p>
      )}
      <ul class="tree">
        {caused.map((order) => (
          <li key={order._id}>
            <Mark state={nodeState({ order })} /> <a href={hrefTo('runs', [order.root])}>{ledger.labelOf(order)}</a>{' '}
            <Sentence text={stateWords(order, now)} now={now} labelOf={ledger.labelOf} />
          </li>
        ))}
      </ul>
      {skips.length > 0 && (
        <>
          <h3>What it did not set off</h3>
          <ul>
            {skips.map((skip) => (
              <li key={JSON.stringify(skip)}>
                <Sentence text={notSetOff(skip, ledger, ledger.labelOf, now)} now={now} labelOf={ledger.labelOf} />
              </li>
            ))}
          </ul>
        </>
      )}
      <h3>What Cascade has done with it</h3>
      <ul>
        <li>
          {event.resolvedAt === undefined ? (
            'It has not looked up yet what follows.'
          ) : (
            <>
              It looked up what follows at <Instant at={event.resolvedAt} now={now} />.
            </>
          )}
        </li>
        <li>
          {event.recordedAt === undefined ? (
            'It has not counted it for its app yet.'
          ) : (
            <>
              It counted it for its app at <Instant at={event.recordedAt} now={now} />.
            </>
          )}
        </li>
      </ul>
      <p>
        <a href={hrefTo('runs', [owner?.root ?? id])}>Its run</a>
      </p>
      {event.traceId !== undefined && (
        <p>
          Its log lines, by its trace id: <CopyCommand command={`npx cascade logs ${event.traceId}`} />
        </p>
      )}
      <p>
        Order everything that follows it once more: <CopyCommand command={`npx cascade replay ${id}`} />
      </p>
    </>
  );
}
