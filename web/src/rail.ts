// The rail is permanent, so the page does not say which link is current: the address does.

export function markHere(): void {
  const view = location.pathname.split('/').slice(1, 3).join('/');
  for (const link of document.querySelectorAll<HTMLAnchorElement>('.rail-link[href], .tabbar a')) {
    const path = link.pathname.split('/').slice(1, 3).join('/');
    const settings = path.startsWith('settings') && view.startsWith('settings') && link.dataset['here'] === 'settings';
    if (link.closest('.settings')) continue;
    const here = settings || (path !== '' && path === view);
    if (here && !link.hasAttribute('aria-current')) link.setAttribute('aria-current', 'page');
    else if (!here && link.closest('.rail, .tabbar')) link.removeAttribute('aria-current');
  }
  const cases = document.querySelector('.tabbar a[href="/"]');
  if (cases && /^\/(views|cases|$)/.test(location.pathname)) cases.setAttribute('aria-current', 'page');
}

/** On a phone a chosen case covers its list; the way back is a whole page, which says so itself. */
function showCase(event: Event): void {
  const frame = event.target as HTMLElement;
  if (frame.id === 'case') document.body.dataset['pane'] = frame.querySelector('[data-looking-at]') ? 'case' : 'list';
}

export function startRail(): void {
  document.addEventListener('turbo:frame-load', showCase);
  for (const type of ['turbo:load', 'turbo:frame-load']) document.addEventListener(type, markHere);
  const rail = document.getElementById('rail-views');
  if (rail) new MutationObserver(markHere).observe(rail, { childList: true, subtree: true, attributeFilter: ['aria-current'] }); // a refresh takes the mark away
}
