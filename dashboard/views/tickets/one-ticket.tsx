import { appKey, appOfKey } from '../../../src/core/names.ts';
import { actIdParts } from '../../../src/core/tickets/act-id.ts';
import { actWords } from '../../../src/core/tickets/act-words.ts';
import { foldActs } from '../../../src/core/tickets/fold-acts.ts';
import type { ListedTicket } from '../../../src/core/tickets/list-tickets.ts';
import type { QuestionTicket } from '../../../src/core/tickets/question.ts';
import { type AnyTicket, isReloadTicket, whyFailed } from '../../../src/core/tickets/ticket.ts';
import type { RefusedAct } from '../../acts.ts';
import { hrefToNow } from '../../model/now-address.ts';
import { hrefToRun } from '../../model/runs-address.ts';
import { choicesIn, ticketMark, titleOf } from '../../model/tickets.ts';
import { hrefTo } from '../../routes.ts';
import { Back } from '../../ui/back.tsx';
import { CopyCommand } from '../../ui/copy-command.tsx';
import { Heading } from '../../ui/heading.tsx';
import { Instant } from '../../ui/instant.tsx';
import { Mark } from '../../ui/mark.tsx';
import type { ViewProps } from '../view.ts';
import { AskedBy } from './asked-by.tsx';
import { TicketActs } from './ticket-acts.tsx';

/**
 * Shows one ticket: what failed or was asked, what people did about it, and what the person can do. A ticket is a
 * streak of failures of one app, or a question. An act is one thing that a person did to it, such as a note.
 */
export function OneTicket({ ledger, now, user, acts, id }: ViewProps & { readonly id: string }) {
  const stored = ledger.of('ticket').get(id);
  if (stored === undefined) {
    return (
      <>
        <Back view="tickets" />
        <p>
          This ticket is not on the device: it was removed, the storer has not written it yet, or its address has a
          mistake.
        </p>
      </>
    );
  }
  const all = [...ledger.of('act').values()];
  const ticket: ListedTicket<AnyTicket> = { ...stored, acts: foldActs(stored, all) };
  const refused = acts.refused.value.filter(({ act }) => actIdParts(act._id)?.subject === id);
  const { people, tags } = choicesIn([...ledger.of('ticket').values()], all);
  return (
    <>
      <Back view="tickets" />
      <Heading text={titleOf(ticket, ledger.labelOf)} />
      <Standing ticket={ticket} />
      {isReloadTicket(ticket) ? (
        <Facts ticket={ticket} ledger={ledger} now={now} />
      ) : (
        <Asked question={ticket} now={now} />
      )}
      <TicketActs ticket={ticket} user={user} people={people} tags={tags} acts={acts} />
      <h3>What people did</h3>
      {ticket.acts.history.length === 0 && <p>Nothing yet.</p>}
      <ul class="history">
        {ticket.acts.history.map((act) => (
          <li key={act._id}>
            <Instant at={act.at} now={now} /> <b>{act.by}</b> {actWords(act)}
            {acts.waiting.value.has(act._id) && <span class="aside"> (not sent yet)</span>}
          </li>
        ))}
      </ul>
      {refused.map((each) => (
        <Refused key={each.act._id} refused={each} onDiscard={() => void acts.discard(each.act._id)} />
      ))}
      <p>
        On the command line: <CopyCommand command={`npx cascade ticket ${id}`} />
      </p>
    </>
  );
}

/** What people made of a ticket: its state, the reason, the minutes spent, its owner and its tags. */
function Standing({ ticket }: { readonly ticket: ListedTicket<AnyTicket> }) {
  const { acts } = ticket;
  return (
    <p>
      <Mark {...ticketMark(ticket)} />
      {acts.reason !== undefined && ` because: ${acts.reason}`}
      {acts.minutes > 0 && ` in ${acts.minutes} min`}
      {(acts.reason !== undefined || acts.minutes > 0) && '.'} Owner: <b>{acts.owner ?? 'nobody'}</b>.
      {acts.tags.length > 0 && ` Tags: ${acts.tags.map((tag) => `#${tag}`).join(', ')}.`}
    </p>
  );
}

/** The facts about a question. */
function Asked({ question, now }: Pick<ViewProps, 'now'> & { readonly question: QuestionTicket }) {
  const { tags, answers, score, createdAt, activeAt } = question;
  return (
    <p>
      Asked by <AskedBy question={question} />, at <Instant at={createdAt} now={now} />; the last activity was at{' '}
      <Instant at={activeAt} now={now} />. {answers} {answers === 1 ? 'answer' : 'answers'}, score {score}. On the site:{' '}
      {tags.join(', ')}.
    </p>
  );
}

/** The facts about an app's failures. */
function Facts({ ticket, ledger, now }: Pick<ViewProps, 'ledger' | 'now'> & { readonly ticket: ListedTicket }) {
  const { log, times, failedAt, lastFailedAt, recoveredAt, waiting, chains, reloadId, tenant } = ticket;
  return (
    <>
      <p>
        Failed {times === 1 ? 'once' : `${times} times, the last time at `}
        {times > 1 && <Instant at={lastFailedAt} now={now} />}, since <Instant at={failedAt} now={now} />
        {recoveredAt !== undefined && (
          <>
            . Recovered at <Instant at={recoveredAt} now={now} />
          </>
        )}
        .{chains.length > 0 && ` In ${chains.length === 1 ? 'chain' : 'the chains'} ${chains.join(', ')}.`}{' '}
      </p>
      <p>
        <a href={hrefToRun(ledger.rootOf(`event:${tenant}:${reloadId}`) ?? `event:${tenant}:${reloadId}`)}>
          The run in which it failed first
        </a>{' '}
        · <a href={hrefTo('inbox', [`event:${tenant}:${reloadId}`])}>The end that began it</a> ·{' '}
        <a href={hrefToNow({ selected: appKey(ticket), filter: '', isTable: false })}>How the app stands now</a>
      </p>
      <p class="error">{whyFailed(ticket)}</p>
      {waiting.length > 0 && <p>Waits behind it: {waiting.map((key) => ledger.labelOf(appOfKey(key))).join(', ')}.</p>}
      {log !== undefined && (
        <details>
          <summary>The end of the first failed reload’s log</summary>
          <pre class="body">{log}</pre>
        </details>
      )}
    </>
  );
}

/** An act that CouchDB does not take. It has not happened, so it is not in the list of what people did. */
function Refused({
  refused: { act, why },
  onDiscard,
}: {
  readonly refused: RefusedAct;
  readonly onDiscard: () => void;
}) {
  return (
    <p class="error" role="alert">
      This has not happened: {act.by} {actWords(act)}. CouchDB does not take it: {why}{' '}
      <button type="button" onClick={onDiscard}>
        Discard it
      </button>
    </p>
  );
}
