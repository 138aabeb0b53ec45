import { el, icon } from './dom';

const gone_ms = 6_000;

function banner(): HTMLElement {
  const old = document.getElementById('line-banner');
  if (old) return old;
  const node = el('div', { id: 'line-banner', class: 'line-banner', role: 'status', 'data-turbo-permanent': true });
  document.body.append(node);
  return node;
}

/** The line to the server is broken. Reading goes on, drafts are kept here. */
export function offline(): void {
  document.documentElement.toggleAttribute('data-offline', true);
  const node = banner();
  if (node.dataset['state'] === 'off') return;
  node.dataset['state'] = 'off';
  const again = el('button', { type: 'button', class: 'linkish' }, 'Try now');
  again.addEventListener('click', () => window.dispatchEvent(new Event('online')));
  node.replaceChildren(icon('alert'), el('p', {}, 'No connection to the desk. What you write is kept on this computer. '), again);
}

export function online(missed: boolean): void {
  document.documentElement.removeAttribute('data-offline');
  document.dispatchEvent(new CustomEvent('line:back'));
  const node = document.getElementById('line-banner');
  if (!node) return;
  node.dataset['state'] = 'on';
  node.replaceChildren(icon('refresh'), el('p', {}, missed ? 'Connection is back. What came in meanwhile is shown.' : 'Connection is back. Nothing changed meanwhile.'));
  window.setTimeout(() => node.dataset['state'] === 'on' && node.remove(), gone_ms);
}
