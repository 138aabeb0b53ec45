import { el, icon } from './dom';
import { table, targetOf, written, type Key } from './keys';

/** `?`: the keys that work on the page in front of you; the others are shown faint, so that they can be learnt. */
export function showKeys(): void {
  document.getElementById('keys-dialog')?.remove();
  const close = el('button', { class: 'btn quiet icon sm', value: '', 'aria-label': 'Close' }, icon('x'));
  const groups = [...new Set(table.map(({ group }) => group))];
  const dialog = el(
    'dialog',
    { id: 'keys-dialog', class: 'dialog keys', 'aria-labelledby': 'keys-title' },
    el('header', {}, el('h2', { id: 'keys-title' }, 'Keys'), el('form', { method: 'dialog' }, close)),
    el('div', { class: 'body keys-groups' }, ...groups.map(section)),
  );
  document.body.append(dialog);
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  dialog.showModal();
}

function section(group: Key['group']): HTMLElement {
  const rows = table.filter((row) => row.group === group);
  return el(
    'section',
    {},
    el('h3', { class: 'menu-title' }, group),
    el('dl', { class: 'keys-list' }, ...rows.flatMap(line)),
  );
}

function line({ keys, target, words }: Key): HTMLElement[] {
  const faint = targetOf(target) ? '' : 't3';
  return [el('dt', { class: faint }, words), el('dd', {}, el('kbd', { class: 'kbd' }, written(keys[0] ?? '')))];
}
