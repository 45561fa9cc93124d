const RELOAD_ID = /^[A-Za-z0-9_.-]{1,128}$/;

/** Whether a text can be a reload's id: it becomes part of document ids and paths. */
export const isReloadId = (text: string): boolean => RELOAD_ID.test(text);
