import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { NewAct } from '../../../src/core/tickets/act.ts';
import type { ListedTicket } from '../../../src/core/tickets/list-tickets.ts';
import type { Acts } from '../../acts.ts';

interface TicketActsProps {
  readonly ticket: Pick<ListedTicket, '_id' | 'acts'>;
  readonly user: string;
  /** Names that the field "Give it to" suggests. */
  readonly people: readonly string[];
  /** Tags that the field "Tag" suggests. */
  readonly tags: readonly string[];
  readonly acts: Acts;
}

/**
 * Shows the buttons and fields with which a person acts on a ticket, such as take it, tag it or add a note. What a
 * person does is added as an act, and overwrites nothing, so two people can act at the same time. If the account may
 * only read, the buttons and fields are off.
 */
export function TicketActs({ ticket, user, people, tags, acts }: TicketActsProps) {
  const problem = useSignal('');
  /** Adds an act, or shows why it cannot be added. @returns whether it was added. */
  const add = async (act: NewAct): Promise<boolean> => {
    const why = await acts.add(ticket._id, [act]);
    problem.value = why ?? '';
    return why === undefined;
  };
  const { owner, state, dismissedAt, tags: own } = ticket.acts;
  const isSettled = state !== 'open' || dismissedAt !== undefined;
  return (
    <fieldset class="acts" disabled={!acts.mayAct.value}>
      <legend class="unseen">What you can do</legend>
      {!acts.mayAct.value && (
        <p>
          Your account may only read. Whoever runs Cascade lets you act on tickets:{' '}
          <code>npx cascade user add {user} --desk</code>
        </p>
      )}
      {owner !== user && <Button onClick={() => add({ kind: 'own', value: user })}>Take it</Button>}
      {owner !== undefined && <Button onClick={() => add({ kind: 'own', value: null })}>Make it nobody’s</Button>}
      {isSettled && <Button onClick={() => add({ kind: 'reopen' })}>Reopen</Button>}
      {dismissedAt === undefined && <Button onClick={() => add({ kind: 'dismiss' })}>Dismiss</Button>}
      {own.map((tag) => (
        <Button key={tag} onClick={() => add({ kind: 'untag', value: tag })}>
          Remove the tag {tag}
        </Button>
      ))}
      <OneField label="Give it to" button="Assign" among={people} onText={(value) => add({ kind: 'own', value })} />
      <OneField label="Tag" button="Add the tag" among={tags} onText={(value) => add({ kind: 'tag', value })} />
      <OneField label="Note" button="Add the note" onText={(value) => add({ kind: 'note', value })} />
      <OneField label="Reason" button="Reject" onText={(value) => add({ kind: 'reject', value })} />
      <OneField
        label="Minutes spent"
        button="Answer"
        isNumber
        onText={(value) => add({ kind: 'answer', value: Number(value) })}
      />
      <p class="error" role="alert">
        {problem.value}
      </p>
    </fieldset>
  );
}

const Button = ({ onClick, children }: { readonly onClick: () => void; readonly children: ComponentChildren }) => (
  <button type="button" onClick={onClick}>
    {children}
  </button>
);

interface OneFieldProps {
  readonly label: string;
  readonly button: string;
  /** What the browser suggests while a person types. */
  readonly among?: readonly string[];
  readonly isNumber?: boolean;
  /** @returns whether the act was added. */
  readonly onText: (text: string) => Promise<boolean>;
}

/**
 * A field with a button. An empty field does nothing. Once the act is added, the field is empty again. If it was not
 * added, the field keeps the text, so that the person can mend it.
 */
function OneField({ label, button, among, isNumber = false, onText }: OneFieldProps) {
  const text = useSignal('');
  const list = `${label.replaceAll(' ', '-')}-suggestions`;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const value = text.value.trim();
        if (value === '') return;
        const shown = text.value;
        void onText(value).then((isAdded) => {
          // A person may have typed something else meanwhile.
          if (isAdded && text.value === shown) text.value = '';
        });
      }}
    >
      <label>
        <span class="name">{label}</span>
        <input
          value={text.value}
          {...(isNumber && { type: 'number', min: 0, step: 1, max: 100_000 })}
          {...(among !== undefined && { list })}
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
        />
      </label>
      {among !== undefined && (
        <datalist id={list}>
          {among.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
      <button type="submit">{button}</button>
    </form>
  );
}
