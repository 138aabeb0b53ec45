import { el } from './dom';

/** Turbo's `data-turbo-confirm`, asked in our own dialog. The text is a question; the button repeats the verb. */
export function ask(question: string, form: HTMLFormElement, submitter?: HTMLElement | null): Promise<boolean> {
  const verb = submitter?.dataset['confirmVerb'] ?? submitter?.textContent?.trim() ?? form.dataset['confirmVerb'] ?? 'Do it';
  const danger = submitter?.classList.contains('danger') || submitter?.classList.contains('danger-quiet');
  const dialog = el(
    'dialog',
    { class: 'dialog', 'aria-labelledby': 'ask-title' },
    el('header', {}, el('h2', { id: 'ask-title' }, question)),
    el(
      'form',
      { method: 'dialog', class: 'dialog-foot' },
      el('button', { class: 'btn quiet', value: 'no' }, 'Cancel'),
      el('button', { class: danger ? 'btn danger' : 'btn primary', value: 'yes', autofocus: true }, verb),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
  });
}
