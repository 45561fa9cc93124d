import { durationText } from '../../../src/core/runs/time-words.ts';
import { actionNumbers, type Bound, durationsByApp, endsByHour } from '../../model/numbers.ts';
import { hrefTo } from '../../routes.ts';
import { Choices } from '../../ui/choices.tsx';
import type { View, ViewProps } from '../view.ts';
import { EndsByHour } from './ends-by-hour.tsx';

/**
 * The view Numbers: how many reloads ended in each hour, how long the reloads of each app took, and how often and how
 * fast Cascade's own actions ran. `#/numbers?hours=24`, or 168, says how many hours are shown.
 */
export const numbersView: View = { name: 'numbers', title: 'Numbers', Content: Numbers };

/** The periods that a person can choose, in hours. */
const PERIODS = [
  [24, 'the last day'],
  [168, 'the last week'],
] as const;

function Numbers({ ledger, route, now }: ViewProps) {
  const [hours, words] = PERIODS.find(([each]) => String(each) === route.query.get('hours')) ?? PERIODS[0];
  const events = [...ledger.of('event').values()];
  const counts = endsByHour(events, [...ledger.of('order').values()], now, hours);
  return (
    <>
      <Choices
        label="Show the reloads of"
        choices={PERIODS.map(([each, period]) => ({
          ...{ words: period, href: hrefTo('numbers', [], { hours: String(each) }), isChosen: each === hours },
        }))}
      />
      <h2>Reloads that ended in {words}</h2>
      <EndsByHour counts={counts} now={now} />
      <h2>How long reloads take</h2>
      <Durations rows={durationsByApp(events, ledger.labelOf)} />
      <h2>Cascade’s actions</h2>
      <Actions rows={actionNumbers(ledger.of('stat').values())} />
    </>
  );
}

function Durations({ rows }: { readonly rows: ReturnType<typeof durationsByApp> }) {
  if (rows.length === 0) return <p>No reload of an app in a chain has ended in the days that are on this device.</p>;
  const text = (duration: number | undefined): string => (duration === undefined ? 'unknown' : durationText(duration));
  return (
    <table class="rows">
      <caption class="unseen">How long the reloads of each app take, of those on this device</caption>
      <thead>
        <tr>
          <th scope="col">App</th>
          {['Reloads', 'Half ran up to', 'The longest ran', 'Longest in Qlik’s queue'].map((words) => (
            <th key={words} scope="col" class="number">
              {words}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ app, label, ends, median, longest, longestQueue }) => (
          <tr key={`${app.tenant}/${app.appId}`}>
            <th scope="row">{label}</th>
            <td class="number" data-label="Reloads">
              {ends}
            </td>
            <td class="number" data-label="Half ran up to">
              {text(median)}
            </td>
            <td class="number" data-label="The longest ran">
              {text(longest)}
            </td>
            <td class="number" data-label="Longest in Qlik’s queue">
              {text(longestQueue)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Actions({ rows }: { readonly rows: ReturnType<typeof actionNumbers> }) {
  if (rows.length === 0) return <p>The meter has counted nothing yet. It runs every 5 minutes, if it is deployed.</p>;
  return (
    <table class="rows">
      <caption>Since the meter began to count. A host that keeps no successful activations shows fewer.</caption>
      <thead>
        <tr>
          <th scope="col">Action</th>
          {['Activations', 'Errors', 'Half took', '95 of 100 took', 'Cold starts'].map((words) => (
            <th key={words} scope="col" class="number">
              {words}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ action, invocations, errors, median, p95, coldStarts }) => (
          <tr key={action}>
            <th scope="row">{action}</th>
            <td class="number" data-label="Activations">
              {invocations}
            </td>
            <td class="number" data-label="Errors">
              {errors}
            </td>
            <td class="number" data-label="Half took">
              {boundText(median)}
            </td>
            <td class="number" data-label="95 of 100 took">
              {boundText(p95)}
            </td>
            <td class="number" data-label="Cold starts">
              {coldStarts}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The meter counts durations in steps, so the text says a bound: `up to 250 ms`, or `more than 300 s`. */
const boundText = (bound: Bound | undefined): string => {
  if (bound === undefined) return 'unknown';
  return 'upTo' in bound ? `up to ${msText(bound.upTo)}` : `more than ${msText(bound.above)}`;
};

const msText = (ms: number): string => (ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`);
