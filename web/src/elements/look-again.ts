import { define } from '../dom';

const wait_ms = 700;
const most = 20;

/**
 * `<look-again data-url="…">` inside a turbo-frame: something in it is about to happen, so the frame is fetched again
 * shortly. The server leaves the element out once all is done; after some tries it stops by itself.
 */
class LookAgain extends HTMLElement {
  #timer: number | undefined;

  connectedCallback(): void {
    const frame = this.closest<HTMLElement>('turbo-frame');
    const tried = Number(frame?.dataset['looked'] ?? 0);
    if (!frame || tried >= most) return;
    frame.addEventListener('turbo:frame-load', () => frame.querySelector('look-again') ?? delete frame.dataset['looked'], { once: true });
    this.#timer = window.setTimeout(() => {
      frame.dataset['looked'] = String(tried + 1);
      frame.removeAttribute('src');
      frame.setAttribute('src', this.dataset['url'] ?? '');
    }, wait_ms);
  }

  disconnectedCallback(): void {
    window.clearTimeout(this.#timer);
  }
}

define('look-again', LookAgain);
