import { define } from '../dom';

/**
 * A mail's HTML in a sandboxed frame: no scripts, no forms, an origin of its own, so nobody can measure it from here.
 * `<mail-frame data-src="/entries/8/html"><iframe …></iframe><button data-frame="taller">…`: it starts at the height
 * that the server guessed, and one button shows the whole.
 */
class MailFrame extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener('click', this.#clicked);
    const fold = this.closest('details');
    if (fold && !fold.open) fold.addEventListener('toggle', () => this.#show(), { once: true });
    else this.#show();
  }

  #show(): void {
    const frame = this.querySelector('iframe');
    const guessed_px = Number(this.dataset['height'] ?? 320);
    if (!frame || frame.getAttribute('src')) return;
    frame.style.height = `${Math.min(Math.max(guessed_px, 120), 640)}px`;
    frame.src = this.dataset['src'] ?? 'about:blank';
    this.toggleAttribute('data-shown', true);
  }

  #clicked = (event: Event): void => {
    const button = (event.target as Element).closest<HTMLButtonElement>('[data-frame]');
    const frame = this.querySelector('iframe');
    if (!button || !frame) return;
    if (button.dataset['frame'] === 'taller') {
      this.toggleAttribute('data-open', true);
      frame.style.height = `${Math.round(Math.max(innerHeight * 0.85, frame.offsetHeight * 2))}px`;
    } else if (button.dataset['frame'] === 'images') {
      frame.src = `${this.dataset['src']}?images=yes`;
      button.closest('.notice')?.remove();
    }
  };
}

define('mail-frame', MailFrame);
