import type { EpochMs } from '../../../src/core/units.ts';
import type { Ledger } from '../../ledger.ts';
import { type AlertLine, alertCount, openProblems } from '../../model/open-problems.ts';
import { hrefTo } from '../../routes.ts';
import { Dismiss } from '../../ui/dismiss.tsx';
import { Instant } from '../../ui/instant.tsx';
import { Mark } from '../../ui/mark.tsx';
import { Sentence } from '../../ui/sentence.tsx';

interface AlertTableProps {
  readonly ledger: Ledger;
  readonly now: EpochMs;
}

/**
 * Shows what is wrong beside the apps, below the table of the apps in the view Now: the open alerts, such as a tenant
 * that sends no webhooks, and how many webhooks Cascade could not understand. Shows nothing if there is neither. The
 * page's header has their number.
 */
export function AlertTable({ ledger, now }: AlertTableProps) {
  const { alerts, letters, count } = openProblems(ledger, ledger.labelOf, now);
  if (count === 0) return null;
  return (
    <table class="rows attention">
      <caption>{alertCount(count)}</caption>
      <thead>
        <tr>
          <th scope="col">State</th>
          <th scope="col">What</th>
          <th scope="col">Since</th>
          <th scope="col">Why, and what to do</th>
        </tr>
      </thead>
      <tbody>
        {letters > 0 && (
          <tr>
            <td>
              <Mark state="late" word="alert" />
            </td>
            <th scope="row">
              <a href={hrefTo('inbox', [], { only: 'letters' })}>
                {letters === 1 ? '1 webhook was' : `${letters} webhooks were`} not understood
              </a>
            </th>
            <td />
            <td class="text">The inbox says why, and has the commands that settle it.</td>
          </tr>
        )}
        {alerts.map((alert) => (
          <Row key={alert.id} alert={alert} now={now} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ alert: { id, what, since, last, message }, now }: { readonly alert: AlertLine; readonly now: EpochMs }) {
  return (
    <tr>
      <td>
        <Mark state="late" word="alert" />
      </td>
      <th scope="row">{what}</th>
      <td data-label="Since">
        <Instant at={since} now={now} />
        {last > since && (
          <>
            , last at <Instant at={last} now={now} />
          </>
        )}
      </td>
      <td class="text">
        <Sentence text={message} now={now} />
        <Dismiss id={id} />
      </td>
    </tr>
  );
}
