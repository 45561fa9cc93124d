const encoder = new TextEncoder();

/** How many bytes a value takes as JSON in UTF-8. */
export const jsonBytes = (value: unknown): number => encoder.encode(JSON.stringify(value)).length;

/**
 * What an answer's data may take. OpenWhisk answers 400 for a result of more than 1 MB (fact ow-responses-18); the rest
 * is room for the envelope and the commas.
 */
export const LARGEST_DATA_BYTES = 900_000;
