import { hrefToList } from '../model/last-list.ts';

/** Shows the link from one thing back to the list of its view, with the filters that the list had. */
export const Back = ({ view }: { readonly view: 'runs' | 'tickets' | 'inbox' }) => (
  <p>
    <a href={hrefToList(view)}>Back to the {view}</a>
  </p>
);
