import type { EpochMs } from '../../../src/core/units.ts';
import type { Ledger } from '../../ledger.ts';
import { type Attention, attentionIn } from '../../model/attention.ts';
import { hrefToNow, type NowAddress } from '../../model/now-address.ts';
import type { NowLine } from '../../model/now-lines.ts';
import { hrefTo } from '../../routes.ts';
import { Instant } from '../../ui/instant.tsx';
import { Mark } from '../../ui/mark.tsx';
import { Sentence } from '../../ui/sentence.tsx';

interface AttentionTableProps {
  readonly lines: readonly NowLine[];
  readonly address: NowAddress;
  readonly ledger: Ledger;
  readonly now: EpochMs;
}

/**
 * Shows the apps that may need somebody: those that failed and those that are late, with the reason, and who looks
 * after them. The view Now begins with this table, because people want to see it first.
 */
export function AttentionTable({ lines, address, ledger, now }: AttentionTableProps) {
  const all = attentionIn(lines, { chains: ledger.chains.value, documents: ledger, labelOf: ledger.labelOf });
  if (all.length === 0) return <p class="fine">No app needs somebody.</p>;
  return (
    <table class="rows attention">
      <caption>{all.length === 1 ? '1 app needs somebody' : `${all.length} apps need somebody`}</caption>
      <thead>
        <tr>
          <th scope="col">State</th>
          <th scope="col">App</th>
          <th scope="col">Since</th>
          <th scope="col">Why</th>
          <th scope="col">Owner</th>
        </tr>
      </thead>
      <tbody onKeyDown={moveByRow}>
        {all.map((each) => (
          <Row key={each.line.app.key} attention={each} address={address} now={now} />
        ))}
      </tbody>
    </table>
  );
}

/**
 * Arrow up and arrow down move the focus to the next row, to the link in the same column, or else to the row's first
 * link. Tab goes through all links.
 */
function moveByRow(event: KeyboardEvent): void {
  const { key, target } = event;
  const cell = target instanceof Element ? target.closest('td, th') : null;
  const row = cell?.parentElement;
  const next =
    key === 'ArrowDown' ? row?.nextElementSibling : key === 'ArrowUp' ? row?.previousElementSibling : undefined;
  if (cell === null || row === null || row === undefined || !(next instanceof HTMLTableRowElement)) return;
  event.preventDefault();
  const other = next.cells[[...row.children].indexOf(cell)];
  (other?.querySelector('a') ?? next.querySelector('a'))?.focus();
}

interface RowProps extends Pick<AttentionTableProps, 'address' | 'now'> {
  readonly attention: Attention;
}

function Row({ attention: { line, why, ticket, owner }, address, now }: RowProps) {
  const { app, state, at } = line;
  return (
    <tr>
      <td>
        <Mark state={state} />
      </td>
      <th scope="row">
        <a href={hrefToNow({ ...address, selected: app.key })}>{app.label}</a>
      </th>
      <td data-label="Since">{at !== undefined && <Instant at={at} now={now} />}</td>
      <td class="text">
        <Sentence text={why} now={now} />
      </td>
      <td data-label="Owner">
        {ticket === undefined ? (
          'nobody'
        ) : (
          <a href={hrefTo('tickets', [ticket])} aria-label={`${owner ?? 'nobody'}: the ticket`}>
            {owner ?? 'nobody'}
          </a>
        )}
      </td>
    </tr>
  );
}
