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

/** What failed, why, what is late because of it, and who looks after it: what a person wants to know in the morning. */
export function AttentionTable({ lines, address, ledger, now }: AttentionTableProps) {
  const all = attentionIn(lines, { chains: ledger.chains.value, documents: ledger, labelOf: ledger.labelOf });
  if (all.length === 0) return <p class="fine">No app fails, and none is late.</p>;
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
      <tbody>
        {all.map((each) => (
          <Row key={each.line.app.key} attention={each} address={address} now={now} />
        ))}
      </tbody>
    </table>
  );
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
