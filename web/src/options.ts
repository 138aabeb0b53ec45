// What the desk offers while somebody types: templates, people, callers, anything of the palette.
import { request } from './dom';

/**
 * A listbox that the server fills. Only the newest question is answered, and never under a pressed pointer: the option
 * that is being clicked would be another one by the time it is let go.
 */
export class Options {
  #list: HTMLElement;
  #asked = 0;
  #pressed: Promise<void> = Promise.resolve();

  constructor(list: HTMLElement) {
    this.#list = list;
    list.addEventListener('pointerdown', () => {
      this.#pressed = new Promise((free) => {
        const later = () => window.setTimeout(free); // the click comes after it
        for (const end of ['pointerup', 'pointercancel']) window.addEventListener(end, later, { once: true });
      });
    });
  }

  /** Whether the list was filled: not for an older question, nor where the desk does not answer (`failed`). */
  async ask(url: string, wanted = (): boolean => true): Promise<'filled' | 'failed' | 'late'> {
    const asked = ++this.#asked;
    const answer = await request(url).catch(() => undefined);
    const text = answer?.ok ? await answer.text().catch(() => undefined) : undefined;
    await this.#pressed;
    if (asked !== this.#asked || !wanted()) return 'late';
    if (text === undefined) return 'failed';
    this.#list.innerHTML = text;
    return 'filled';
  }
}
