import { CopyCommand } from '../../ui/copy-command.tsx';
import { Heading } from '../../ui/heading.tsx';
import { Instant } from '../../ui/instant.tsx';
import { Mark } from '../../ui/mark.tsx';
import type { ViewProps } from '../view.ts';
import { BackToInbox } from './back-to-inbox.tsx';

/**
 * Shows a dead letter: a body that came from a tenant, and that Cascade did not understand. A person sees why, and gets
 * the commands that settle it.
 */
export function OneLetter({ ledger, now, id }: ViewProps & { readonly id: string }) {
  const letter = ledger.of('dead').get(id);
  if (letter === undefined)
    return <BackToInbox>This letter is not on the device: it was removed, or its address has a mistake.</BackToInbox>;
  const { reason, storedAt, replayedAt, dismissedAt, tenant, body, isBase64 } = letter;
  const settledAt = replayedAt ?? dismissedAt;
  return (
    <>
      <BackToInbox />
      <Heading text="What nobody understood" />
      <p>
        Received at <Instant at={storedAt} now={now} /> from the tenant {tenant}.{' '}
        {settledAt === undefined ? (
          <Mark state="waiting" word="a person has to look" />
        ) : (
          <>
            {replayedAt === undefined ? 'Dismissed' : 'Replayed'} at <Instant at={settledAt} now={now} />.
          </>
        )}
      </p>
      <p class="error">{`${reason.code}: ${reason.message}`}</p>
      <h3>The body{isBase64 ? ', in base64, since it is no UTF-8' : ''}</h3>
      <pre class="body">{body}</pre>
      <p>
        Read it again, after a fix: <CopyCommand command={`npx cascade replay ${id}`} />
      </p>
      <p>
        Say that nothing follows from it: <CopyCommand command={`npx cascade dismiss ${id}`} />
      </p>
    </>
  );
}
