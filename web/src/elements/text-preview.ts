import { define, request } from '../dom';

/** `<text-preview data-url="/preview">` among a text's tools: shows the text as it will look, and the text again. */
class TextPreview extends HTMLElement {
  #ready = false;

  connectedCallback(): void {
    if (this.#ready) return; // moved along with the composer
    this.#ready = true;
    this.querySelector('button')?.addEventListener('click', () => void this.#toggle());
    this.closest('form')?.addEventListener('submit', () => this.#show(false));
    this.closest('form')?.addEventListener('click', (event) => (event.target as Element).closest('[data-mode-set]') && this.#show(false));
  }

  get #text(): HTMLTextAreaElement | null {
    return this.closest('form')?.querySelector<HTMLTextAreaElement>('textarea:not([disabled])') ?? null;
  }

  get #paper(): HTMLElement | null {
    return this.closest('form')?.querySelector<HTMLElement>('.preview') ?? null;
  }

  async #toggle(): Promise<void> {
    const paper = this.#paper;
    if (!paper) return;
    if (!paper.hidden) return this.#show(false);
    const body = new URLSearchParams({ body: this.#text?.value ?? '' });
    const answer = await request(this.dataset['url'] ?? '', { method: 'POST', body }).catch(() => undefined);
    if (!answer?.ok) return;
    paper.innerHTML = await answer.text();
    this.#show(true);
  }

  #show(on: boolean): void {
    const [paper, text] = [this.#paper, this.#text];
    if (!paper || !text || paper.hidden !== on) return;
    paper.hidden = !on;
    text.hidden = on;
    this.querySelector('button')?.setAttribute('aria-pressed', String(on));
    if (!on) text.focus();
  }
}

define('text-preview', TextPreview);
