// What the desk offers while somebody types: templates, people, callers, anything of the palette.
import { notPressed, request } from './dom';

/** A listbox that the server fills. Only the newest question is answered, and never under a pressed pointer. */
export class Options {
  #list: HTMLElement;
  #asked = 0;

  constructor(list: HTMLElement) {
    this.#list = list;
  }

  /** Whether the list was filled: not for an older question, nor where the desk does not answer (`failed`). */
  async ask(url: string, wanted = (): boolean => true): Promise<'filled' | 'failed' | 'late'> {
    const asked = ++this.#asked;
    const answer = await request(url).catch(() => undefined);
    const text = answer?.ok ? await answer.text().catch(() => undefined) : undefined;
    await notPressed();
    if (asked !== this.#asked || !wanted()) return 'late';
    if (text === undefined) return 'failed';
    this.#list.innerHTML = text;
    return 'filled';
  }
}
