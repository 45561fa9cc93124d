/** What `cascade check` advises if a chain file has a time where only an app can start something. */
export const SCHEDULE_ADVICE =
  'Cascade starts nothing by the clock. Give the first app of the chain a reload schedule in Qlik Cloud: each of its reloads starts the chain.';

/** A time of the day (`02:00`, `2 am`), a cron expression, or a word for a period (`daily`, `@hourly`, `every 5m`). */
const TIME =
  /^(?:\d{1,2}[:.]\d{2}(?::\d{2})?(?: ?[ap]m)?|\d{1,2} ?[ap]m|[\d*,/-]+(?: [\w*,/#-]+){4,6}|@?(?:hourly|daily|nightly|weekly|monthly|midnight)|every .*)$/i;

/** Whether a text that should name an app looks like a time at which something should start. */
export const looksLikeTime = (text: string): boolean => TIME.test(text.trim());
