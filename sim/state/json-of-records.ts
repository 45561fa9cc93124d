const texts = new WeakMap<object, string>();

/** A JSON array of records that never change: each is turned into text only once, however often it is asked for. */
export function jsonOfRecords(records: readonly object[]): string {
  return `[${records.map(jsonOf).join(',')}]`;
}

function jsonOf(record: object): string {
  const known = texts.get(record);
  if (known !== undefined) return known;
  const text = JSON.stringify(record);
  texts.set(record, text);
  return text;
}
