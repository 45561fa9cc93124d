import { parseRoute, placeOf } from './routes.ts';

/**
 * A link to another place of the page shows that place from its top, as a link to another page does. If the link itself has
 * gone, the content gets the focus, so that Tab and a screen reader go on there. Back and filters leave all as it is.
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
      // The new place is painted by then.
      requestAnimationFrame(focusContent);
    }
    isFollowed = false;
  });
}

function focusContent(): void {
  if (document.activeElement !== document.body) return;
  document.getElementById('content')?.focus({ preventScroll: true });
}
