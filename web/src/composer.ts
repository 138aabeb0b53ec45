// What the composer says and sends along, apart from its text.
import { newestEntry } from './dom';
import { toast } from './toasts';

/** Writing begins: what is on the screen now has been seen. */
export function beginAtNewest(composer: HTMLElement): void {
  const seen = composer.querySelector<HTMLInputElement>('input[name="seen"]');
  if (seen) seen.value = String(Math.max(Number(seen.value), newestEntry(composer.closest('[data-looking-at]'))));
}

/** The line beside the buttons: whether the draft is kept, and where. */
export function status(composer: HTMLElement, text: string): void {
  const node = composer.querySelector('.saved');
  if (node && node.textContent !== text) node.textContent = text;
}

export function tellUnsent(form: HTMLFormElement): void {
  const action = { label: 'Send again', run: () => form.requestSubmit() };
  toast('send', { text: 'Not sent, the desk does not answer. Your text is kept here.', icon: 'alert', alert: true, action });
}

/** A text of the desk's behind what stands there already; the same one is not put there twice. */
export function behind(own: string, text: string): string {
  if (!own.trim()) return text;
  const heading = text.split('\n', 1)[0] ?? '';
  return own.includes(heading) ? own : `${own.trimEnd()}\n\n${text}`;
}

/** Files went along, and the next note gives the case to nobody. */
export function letGo(composer: HTMLElement): void {
  composer.dispatchEvent(new CustomEvent('files:clear'));
  for (const choice of composer.querySelectorAll<HTMLSelectElement>('[data-hand] select')) choice.value = '';
}
