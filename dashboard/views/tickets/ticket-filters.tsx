import { SETTLED, type TicketQuery, ticketSearch } from '../../model/tickets.ts';
import { hrefTo } from '../../routes.ts';
import { Choices } from '../../ui/choices.tsx';

const WHOSE_WORDS: Readonly<Record<TicketQuery['whose'], string>> = { all: 'All', mine: 'Mine', nobody: 'Unassigned' };

const SOURCE_WORDS: Readonly<Record<TicketQuery['source'], string>> = {
  all: 'Reloads and questions',
  reloads: 'Reloads',
  questions: 'Questions',
};

interface TicketFiltersProps {
  readonly query: TicketQuery;
  /** The owners that a person can choose. */
  readonly people: readonly string[];
  /** The tags and chains that a person can choose. */
  readonly tags: readonly string[];
}

/**
 * Shows the filters of the list of tickets. A ticket is a streak of failures of one app, or a question. A choice only
 * changes the URL, and the list follows the URL. So each list has an address.
 */
export function TicketFilters({ query, people, tags }: TicketFiltersProps) {
  const addressOf = (change: Partial<TicketQuery>): string =>
    hrefTo('tickets', [], ticketSearch({ ...query, ...change }));
  /** A choice for each value that a field of the query may have, with its words. */
  const choicesOf = <K extends 'whose' | 'source'>(field: K, words: Readonly<Record<TicketQuery[K], string>>) =>
    Object.entries<string>(words).map(([value, text]) => ({
      words: text,
      href: addressOf({ [field]: value, ...(field === 'whose' && { owner: '' }) }),
      isChosen: value === query[field],
    }));
  return (
    <form class="filters" onSubmit={(event) => event.preventDefault()}>
      <Choices label="Whose tickets" choices={choicesOf('whose', WHOSE_WORDS)} />
      <Choices label="About" choices={choicesOf('source', SOURCE_WORDS)} />
      {query.whose === 'all' && (
        <Choice
          label="Owner"
          chosen={query.owner}
          of={people}
          onChoice={(owner) => location.assign(addressOf({ owner }))}
        />
      )}
      <Choice
        label="Tag or chain"
        chosen={query.tag}
        of={tags}
        onChoice={(tag) => location.assign(addressOf({ tag }))}
      />
      <label>
        With the text {/* `replace`: otherwise Back would go through each letter typed. */}
        <input
          type="search"
          value={query.text}
          onInput={(event) => location.replace(addressOf({ text: event.currentTarget.value }))}
        />
      </label>
      <fieldset>
        <legend>Include</legend>
        {SETTLED.map((each) => (
          <label key={each} class="inline">
            <input
              type="checkbox"
              checked={query.settled.includes(each)}
              onChange={({ currentTarget: { checked } }) => {
                const others = query.settled.filter((other) => other !== each);
                location.assign(addressOf({ settled: checked ? [...others, each] : others }));
              }}
            />{' '}
            {each}
          </label>
        ))}
      </fieldset>
      <label class="inline">
        <input
          type="checkbox"
          checked={query.hasNotes}
          onChange={({ currentTarget: { checked } }) => location.assign(addressOf({ hasNotes: checked }))}
        />{' '}
        Show notes
      </label>
    </form>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly chosen: string;
  readonly of: readonly string[];
  readonly onChoice: (value: string) => void;
}

/** A field to choose one of the known values, or any. If the URL has another value, the field offers that, too. */
function Choice({ label, chosen, of, onChoice }: ChoiceProps) {
  const values = chosen === '' || of.includes(chosen) ? of : [...of, chosen];
  return (
    <label>
      {label}{' '}
      <select value={chosen} onChange={(event) => onChoice(event.currentTarget.value)}>
        <option value="">any</option>
        {values.map((value) => (
          <option key={value} value={value}>
            {value}
          </option>
        ))}
      </select>
    </label>
  );
}
