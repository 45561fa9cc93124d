import type { ComponentChildren } from 'preact';
import { hrefTo } from '../../routes.ts';

/** The way back to the list. @param children - why there is nothing else to see. */
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
