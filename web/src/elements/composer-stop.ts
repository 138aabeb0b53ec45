import { sendAgain } from '../composer';
import { define } from '../dom';

const after_turbo_ms = 80; // Turbo gives the focus back to where it was before a stream came

/**
 * The stop at send: `<composer-stop class="stop" role="alert" data-seen="8840">` is streamed in above the text. Nothing is
 * sent until one of its buttons is chosen; choosing says that the writer has seen the new entry.
 */
class ComposerStop extends HTMLElement {
  #form: HTMLFormElement | null = null;

  connectedCallback(): void {
    this.#form = this.closest('form');
    this.addEventListener('click', this.#choose);
    this.#form?.addEventListener('submit', this.#hold, true);
    window.setTimeout(() => this.querySelector<HTMLElement>('[data-stop="keep"]')?.focus(), after_turbo_ms);
  }

  disconnectedCallback(): void {
    this.#form?.removeEventListener('submit', this.#hold, true);
  }

  #hold = (event: Event): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
    this.querySelector<HTMLElement>('[data-stop="keep"]')?.focus();
  };

  #choose = (event: Event): void => {
    const choice = (event.target as Element).closest<HTMLElement>('[data-stop]')?.dataset['stop'];
    const form = this.#form;
    if (!choice || !form) return;
    const seen = form.querySelector<HTMLInputElement>('input[name="seen"]');
    if (seen) seen.value = this.dataset['seen'] ?? seen.value;
    this.remove();
    document.dispatchEvent(new Event('stop:chosen'));
    if (choice === 'send') sendAgain(form);
    else form.querySelector<HTMLTextAreaElement>('textarea:not([hidden])')?.focus();
    if (choice === 'look') document.getElementById(`entry-${this.dataset['seen']}`)?.scrollIntoView({ block: 'center' });
  };
}

define('composer-stop', ComposerStop);
