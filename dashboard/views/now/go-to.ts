/** Goes to another address of the page. The browser's Back leads to where the person was. */
export const goTo = (href: string): void => {
  location.hash = href;
};

/**
 * Goes to another address of the page, in place of this one in the browser's history. For small steps, such as each
 * letter of a filter: Back does not go through them.
 */
export const goToInPlace = (href: string): void => location.replace(href);
