/** Goes to another address of the page. Back leads to where the person was. */
export const goTo = (href: string): void => {
  location.hash = href;
};

/** Goes to another address of the page that takes the place of this one, so that Back does not go through each letter. */
export const goToInPlace = (href: string): void => location.replace(href);
