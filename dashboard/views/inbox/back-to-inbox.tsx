import type { ComponentChildren } from 'preact';
import { hrefTo } from '../../routes.ts';

/**
 * Shows the link back to the list of the view Inbox.
 *
 * @param children - a sentence about why the page shows nothing else.
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
