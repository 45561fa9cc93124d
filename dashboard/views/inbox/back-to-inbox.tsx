import type { ComponentChildren } from 'preact';
import { hrefTo } from '../../routes.ts';

/**
 * Shows the link back to the list of the view Inbox.
 *
 * @param children - if the page shows nothing else, a sentence about why.
 */
export function BackToInbox({ children }: { readonly children?: ComponentChildren }) {
  return (
    <>
      <p>
        <a href={hrefTo('inbox')}>The whole inbox</a>
      </p>
      {children !== undefined && <p>{children}</p>}
    </>
  );
}
