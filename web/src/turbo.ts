import { config, StreamActions } from '@hotwired/turbo';
import type { StreamElement } from '@hotwired/turbo';
import { ask } from './confirm';
import { newestEntry, notPressed } from './dom';

// What a live refresh must leave alone: attributes that belong to the person at the screen, and anything that is open.
const personal: Record<string, string[]> = {
  DETAILS: ['open'],
  DIALOG: ['open'],
  IMG: ['src'],
  'MENU-BUTTON': ['data-open'],
  'MAIL-FRAME': ['data-open', 'data-shown'],
};
const held = new Map<string, StreamElement>();
const openNow = ':popover-open, dialog[open], composer-stop';

/** Sets Turbo up. The progress bar is our own (`html[aria-busy]` in live.css), because Turbo's needs an inline style. */
export function setUpTurbo(): void {
  config.drive.progressBarDelay = 2 ** 31 - 1;
  config.forms.confirm = ask;
  document.addEventListener('turbo:before-morph-attribute', keepPersonal);
  document.addEventListener('turbo:before-morph-element', keepTyped);
  document.addEventListener('turbo:before-stream-render', holdWhileOpen);
  document.addEventListener('toggle', releaseHeld, true);
  document.addEventListener('close', releaseHeld, true);
  document.addEventListener('stop:chosen', releaseHeld);
  document.addEventListener('turbo:before-fetch-request', sayNewest);
  StreamActions['draft'] = fillDraft;
  StreamActions['dialog'] = showDialog;
}

/** With every change goes what the screen shows, so that the answer brings the entries that came since. */
function sayNewest(event: Event): void {
  const { fetchOptions } = (event as CustomEvent<{ fetchOptions: { method: string; headers: Record<string, string> } }>).detail;
  if (fetchOptions.method.toUpperCase() === 'GET') return;
  fetchOptions.headers['X-Newest-Entry'] = String(newestEntry(document.querySelector('[data-looking-at]')));
}

function keepPersonal(event: Event): void {
  const { attributeName } = (event as CustomEvent<{ attributeName: string }>).detail;
  const target = event.target as Element;
  if (attributeName === 'checked' && target.closest('.pick')) event.preventDefault();
  else if (attributeName === 'aria-expanded' || attributeName === 'data-fresh' || personal[target.tagName]?.includes(attributeName)) event.preventDefault();
}

function keepTyped(event: Event): void {
  const target = event.target;
  if (target instanceof HTMLSelectElement) {
    const given = [...target.options].find((option) => option.defaultSelected) ?? target.options[0];
    if (target === document.activeElement || target.selectedOptions[0] !== given) event.preventDefault();
  }
  const field = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
  if (field && (target === document.activeElement || target.value !== target.defaultValue)) event.preventDefault();
}

/**
 * A stream whose target holds an open menu, a dialog or a stop waits until that is closed; only the newest one per target.
 * None is put in while the pointer is pressed.
 */
function holdWhileOpen(event: Event): void {
  const stream = event.target as StreamElement;
  if (isOpen(stream)) {
    event.preventDefault();
    held.set(stream.getAttribute('target') ?? '', stream);
    return;
  }
  held.delete(stream.getAttribute('target') ?? '');
  const { detail } = event as CustomEvent<{ render: (stream: StreamElement) => Promise<void> }>;
  const render = detail.render;
  detail.render = (shown) => notPressed().then(() => render(shown));
}

function isOpen(stream: StreamElement): boolean {
  if (!['replace', 'update', 'remove'].includes(stream.getAttribute('action') ?? '')) return false;
  return stream.targetElements.some((target) => target.querySelector(openNow));
}

function releaseHeld(): void {
  for (const [target, stream] of held) {
    if (isOpen(stream)) continue;
    held.delete(target);
    void stream.performAction();
  }
}

/** `<turbo-stream action="draft" target="composer-42"><template><textarea data-kind="reply">…` gives a text back to its writer. */
function fillDraft(this: StreamElement): void {
  for (const text of this.templateContent.querySelectorAll('textarea')) {
    const people = (name: string) => (text.dataset[name] ?? '').split(' ').filter(Boolean);
    const files = [...this.templateContent.querySelectorAll('.file')];
    const detail = { kind: text.dataset['kind'] ?? 'reply', body: text.value, behind: 'behind' in text.dataset, to: people('to'), cc: people('cc'), bcc: people('bcc'), files };
    for (const target of this.targetElements) target.dispatchEvent(new CustomEvent('draft:fill', { detail }));
  }
}

/** `<turbo-stream action="dialog"><template><dialog …>` shows a dialog that the server wrote. */
function showDialog(this: StreamElement): void {
  const dialog = this.templateContent.querySelector('dialog');
  if (!dialog) return;
  document.getElementById(dialog.id)?.remove();
  document.body.append(dialog);
  dialog.showModal();
}
