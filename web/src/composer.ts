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

const pressed = new WeakMap<HTMLFormElement, HTMLElement>();

/** By which button it is sent: now, at an hour, or with the case solved. */
export function sentBy(form: HTMLFormElement, button: HTMLElement | null): void {
  if (button) pressed.set(form, button);
  else pressed.delete(form);
}

/** A second try means what the first one meant. */
export function sendAgain(form: HTMLFormElement): void {
  form.requestSubmit(pressed.get(form));
}

export function tellUnsent(form: HTMLFormElement): void {
  const action = { label: 'Send again', run: () => sendAgain(form) };
  toast('send', { text: 'Not sent, the desk does not answer. Your text is kept here.', icon: 'alert', alert: true, action });
}

/** A text of the desk's behind what stands there already; the same one, known by `mark`, is not put there twice. */
export function behind(own: string, text: string, mark: string): string {
  if (!own.trim()) return text;
  return own.includes(mark) ? own : `${own.trimEnd()}\n\n${text}`;
}

/** Files went along, and the next note gives the case to nobody. */
export function letGo(composer: HTMLElement): void {
  composer.dispatchEvent(new CustomEvent('files:clear'));
  for (const choice of composer.querySelectorAll<HTMLSelectElement>('[data-hand] select')) choice.value = '';
}
