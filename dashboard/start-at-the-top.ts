import { parseRoute, placeOf } from './routes.ts';

/**
 * Shows a new place of the page from its top after a click on a link, as a browser does with a new page. A browser
 * itself does nothing, because here only the URL's fragment changes. Back, and links that change only filters, do not
 * scroll.
 */
export function startAtTheTop(): void {
  let place = placeOf(parseRoute(location.hash));
  let isFollowed = false;
  addEventListener('click', ({ target }) => {
    isFollowed = target instanceof Element && target.closest('a[href^="#/"]') !== null;
  });
  addEventListener('hashchange', () => {
    const before = place;
    place = placeOf(parseRoute(location.hash));
    if (isFollowed && place !== before) {
      scrollTo(0, 0);
      // By then Preact has painted the new place.
      requestAnimationFrame(focusContent);
    }
    isFollowed = false;
  });
}

/**
 * Gives the focus to the new place if the link that had it is gone. Otherwise Tab and a screen reader would begin at
 * the top of the page. If the place opens an app's panel, the panel's heading gets it: on a phone it is far below the
 * top.
 */
function focusContent(): void {
  if (document.activeElement !== document.body) return;
  const panel = document.querySelector<HTMLElement>('aside h2');
  if (panel !== null) panel.focus();
  else document.getElementById('content')?.focus({ preventScroll: true });
}
