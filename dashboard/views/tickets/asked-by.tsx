import type { Question } from '../../../src/core/tickets/question.ts';

/** Who asked a question, and the link to it if the site gave one that a page may have. */
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
