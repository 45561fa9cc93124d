/**
 * JSON with the keys of each object sorted, so that equal values give equal texts. Cascade compares and hashes values
 * by these texts. Fields that are undefined are left out.
 */
export const canonicalJson = (value: unknown): string => JSON.stringify(value, (_, each: unknown) => sorted(each));

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
