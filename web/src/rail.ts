// The rail is permanent, so the page does not say which link is current: the address does.

export function markHere(): void {
  const view = location.pathname.split('/').slice(1, 3).join('/');
  for (const link of document.querySelectorAll<HTMLAnchorElement>('.rail-link[href], .tabbar a')) {
    const path = link.pathname.split('/').slice(1, 3).join('/');
    const settings = path.startsWith('settings') && view.startsWith('settings') && link.dataset['here'] === 'settings';
    if (link.closest('.settings')) continue;
    if (settings || (path !== '' && path === view)) link.setAttribute('aria-current', 'page');
    else if (link.closest('.rail, .tabbar')) link.removeAttribute('aria-current');
  }
  const cases = document.querySelector('.tabbar a[href="/"]');
  if (cases && /^\/(views|cases|$)/.test(location.pathname)) cases.setAttribute('aria-current', 'page');
}

export function startRail(): void {
  for (const type of ['turbo:load', 'turbo:frame-load']) document.addEventListener(type, markHere);
  const rail = document.getElementById('rail-views');
  if (rail) new MutationObserver(markHere).observe(rail, { childList: true, subtree: true });
}
