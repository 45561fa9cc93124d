import type { ComponentChildren } from 'preact';
import { hrefTo } from '../../routes.ts';

/** Shows the link back to the list of the view Inbox. @param children - why there is nothing else to see, if so. */
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
