/** In characters; Qlik's own have 24. */
export const LONGEST_RELOAD_ID = 128;

const RELOAD_ID = new RegExp(`^[A-Za-z0-9_.-]{1,${LONGEST_RELOAD_ID}}$`);

/** Whether a text can be a reload's id: it becomes part of document ids and paths. */
export const isReloadId = (text: string): boolean => RELOAD_ID.test(text);
