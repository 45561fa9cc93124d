import type { Question } from '../../../src/core/tickets/question.ts';

/**
 * Shows who asked a question of a Stack Exchange site, and the link to it. The link is empty if the site gave none, or
 * none that is safe. The list of tickets and the page of one ticket show it.
 */
export function AskedBy({ question: { author, reputation, link, site, isAccepted } }: { readonly question: Question }) {
  return (
    <>
      {author ?? 'Somebody whose account is gone'}
      {reputation !== undefined && ` (${reputation})`}
      {isAccepted && ', an answer is accepted'}
      {link !== '' && ', '}
      {link !== '' && (
        <a href={link} target="_blank" rel="noopener noreferrer">
          open on {site}
        </a>
      )}
    </>
  );
}
