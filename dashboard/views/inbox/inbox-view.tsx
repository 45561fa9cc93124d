import type { View, ViewProps } from '../view.ts';
import { InboxList } from './inbox-list.tsx';
import { OneEnd } from './one-end.tsx';
import { OneLetter } from './one-letter.tsx';

/**
 * The view Inbox, where a person sees what Cascade heard, and what it made of it. `#/inbox` lists it. `#/inbox/<id>`
 * shows one end of a reload, or one dead letter (a body that nobody understood).
 */
export const inboxView: View = { name: 'inbox', title: 'Inbox', Content: Inbox };

function Inbox(props: ViewProps) {
  const [id] = props.route.path;
  if (id === undefined) return <InboxList {...props} />;
  return id.startsWith('dead:') ? <OneLetter {...props} id={id} /> : <OneEnd {...props} id={id} />;
}
