/*
 * A person who has several tabs of the page open wants to tell them apart. So the heading of what is shown, such as an
 * app or a ticket, is also in the title of the browser's tab.
 */

import { signal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';

/**
 * The name of what is shown: an app, a run, a ticket. Empty if it is the view as a whole. `main.tsx` puts it into the
 * tab's title.
 */
export const subject = signal('');

/** Puts a text at the beginning of the tab's title, as long as the component is shown. */
export function useSubject(text: string): void {
  useLayoutEffect(() => {
    subject.value = text;
    return () => {
      subject.value = '';
    };
  }, [text]);
}

/** Shows the heading of one thing, and puts it into the tab's title. */
export function Heading({ text }: { readonly text: string }) {
  useSubject(text);
  return <h2>{text}</h2>;
}
