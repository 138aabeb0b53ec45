import { el, icon } from './dom';

interface Toast {
  text: string;
  icon?: string;
  alert?: boolean;
  action?: { label: string; run: () => void };
  /** Stays until it is replaced or closed by `remove()`. */
  stay?: boolean;
}

/** One line at the lower edge. A second toast with the same key takes the place of the first. */
export function toast(key: string, { text, icon: name = 'okc', alert = false, action, stay = false }: Toast): HTMLElement {
  const holder = document.getElementById('toasts') ?? document.body.appendChild(el('div', { id: 'toasts', class: 'toasts', 'data-turbo-permanent': true }));
  document.getElementById(`toast-${key}`)?.remove();
  const node = el('desk-toast' as 'div', { id: `toast-${key}`, class: 'toast', role: alert ? 'alert' : 'status', 'data-stay': stay }, icon(name), el('span', { class: 'grow' }, text));
  if (action) {
    const button = el('button', { type: 'button', class: 'linkish' }, action.label);
    button.addEventListener('click', () => {
      node.remove();
      action.run();
    });
    node.append(button);
  }
  holder.append(node);
  return node;
}
