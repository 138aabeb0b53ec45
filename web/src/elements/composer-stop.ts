import { define } from '../dom';

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
    this.querySelector<HTMLElement>('[data-stop="keep"]')?.focus();
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
    if (choice === 'send') form.requestSubmit();
    else form.querySelector<HTMLTextAreaElement>('textarea:not([hidden])')?.focus();
    if (choice === 'look') document.getElementById(`entry-${this.dataset['seen']}`)?.scrollIntoView({ block: 'center' });
  };
}

define('composer-stop', ComposerStop);
