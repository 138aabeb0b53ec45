import { define } from '../dom';

/** `<send-countdown class="undo" data-until="…">`: counts in text; the bar is decoration. The server sends, not this page. */
class SendCountdown extends HTMLElement {
  #timer: number | undefined;
  #whole_ms = 15_000;

  connectedCallback(): void {
    const left_ms = this.#left_ms();
    this.#whole_ms = Math.max(left_ms, Number(this.dataset['wholeS'] ?? 15) * 1_000);
    this.#timer = window.setInterval(() => this.#tick(), 250);
    this.#tick();
  }

  disconnectedCallback(): void {
    window.clearInterval(this.#timer);
  }

  #left_ms(): number {
    return new Date(this.dataset['until'] ?? 0).getTime() - Date.now();
  }

  #tick(): void {
    const left_ms = this.#left_ms();
    if (left_ms <= 0) return this.remove();
    const words = this.querySelector('[data-left]');
    const text = `${Math.ceil(left_ms / 1_000)} s`;
    if (words && words.textContent !== text) words.textContent = text;
    this.querySelector<HTMLElement>('.bar')?.style.setProperty('--at', `${Math.round((left_ms / this.#whole_ms) * 100)}%`);
  }
}

define('send-countdown', SendCountdown);
