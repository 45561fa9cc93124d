import { SETTLED, SOURCES_OF_TICKETS, type TicketQuery, ticketSearch, WHOSE } from '../../model/tickets.ts';
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
  return (
    <form class="filters" onSubmit={(event) => event.preventDefault()}>
      <Choices
        label="Whose tickets"
        choices={WHOSE.map((whose) => ({
          ...{ words: WHOSE_WORDS[whose], href: addressOf({ whose, owner: '' }), isChosen: whose === query.whose },
        }))}
      />
      <Choices
        label="About"
        choices={SOURCES_OF_TICKETS.map((source) => ({
          ...{ words: SOURCE_WORDS[source], href: addressOf({ source }), isChosen: source === query.source },
        }))}
      />
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
