import { signal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';

/** What of a view is shown: the name of an app, a run, a ticket … Empty if it is the view as a whole. */
export const subject = signal('');

/** Has the title of the browser's tab begin with this text, as long as the component is shown. */
export function useSubject(text: string): void {
  useLayoutEffect(() => {
    subject.value = text;
    return () => {
      subject.value = '';
    };
  }, [text]);
}

/** The heading of one thing, which is also in the title of the browser's tab. */
export function Heading({ text }: { readonly text: string }) {
  useSubject(text);
  return <h2>{text}</h2>;
}
