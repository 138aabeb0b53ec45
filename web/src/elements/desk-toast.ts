import { define, el, icon } from '../dom';

const shown_ms = 8_000;

/** A toast leaves by itself, but never while a pointer or the focus is on it. The server may stream one in as well. */
class DeskToast extends HTMLElement {
  #timer: number | undefined;

  connectedCallback(): void {
    if (!this.querySelector('.toast-close')) {
      const close = el('button', { type: 'button', class: 'toast-close', 'aria-label': 'Close' }, icon('x', 's'));
      close.addEventListener('click', () => this.remove());
      this.append(close);
    }
    for (const type of ['pointerenter', 'focusin']) this.addEventListener(type, () => window.clearTimeout(this.#timer));
    for (const type of ['pointerleave', 'focusout']) this.addEventListener(type, () => this.#leaveLater());
    this.addEventListener('click', (event) => {
      if ((event.target as Element).closest('a')) window.setTimeout(() => this.remove()); // who follows its link has read it
    });
    this.#leaveLater();
  }

  disconnectedCallback(): void {
    window.clearTimeout(this.#timer);
  }

  #leaveLater(): void {
    if (this.hasAttribute('data-stay')) return;
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.remove(), shown_ms);
  }
}

define('desk-toast', DeskToast);
