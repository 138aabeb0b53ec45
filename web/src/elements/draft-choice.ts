import { define, el, icon } from '../dom';
import { gathered, type Draft, type Kind, type Other } from '../draft';
import { dayAndClock } from '../words';

const peek_chars = 600;

/** The draft that the page was rendered with. */
export function serversOwn(form: HTMLFormElement, text: HTMLTextAreaElement): Other {
  const kind = text.dataset['kind'] as Kind;
  const version = Number(text.dataset['version'] ?? 0);
  return { ...gathered(form, kind, text.defaultValue), version, at: new Date(version / 1_000).toISOString() };
}

/**
 * `<draft-choice class="stop" role="alert">`: two devices hold a draft each. Both are shown, nothing is sent or written over
 * until one is chosen, and what was not chosen can be had back until this is dismissed.
 */
class DraftChoice extends HTMLElement {
  #form: HTMLFormElement | null = null;

  connectedCallback(): void {
    this.#form = this.closest('form');
    this.#form?.addEventListener('submit', this.#hold, true);
  }

  disconnectedCallback(): void {
    this.#form?.removeEventListener('submit', this.#hold, true);
  }

  show(words: string, text: string, ...buttons: [label: string, run: () => void][]): void {
    const peek = text.length > peek_chars ? `${text.slice(0, peek_chars)}…` : text;
    const row = el('div', { class: 'row wrap' });
    for (const [label, run] of buttons) {
      const button = el('button', { type: 'button', class: 'btn sm' }, label);
      button.addEventListener('click', run);
      row.append(button);
    }
    this.replaceChildren(el('h3', {}, icon('alert'), words), el('div', { class: 'peek', dir: 'auto' }, peek), row);
  }

  #hold = (event: Event): void => {
    if (this.dataset['chosen'] !== undefined || this.#form?.dataset['mode'] !== this.dataset['of']) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.querySelector<HTMLElement>('button')?.focus();
  };
}

define('draft-choice', DraftChoice);

/** Shows the other draft above the text. `mine` reads what is written here; `settled` lets the keeper go on. */
export function offer(composer: HTMLElement, other: Other, mine: () => Draft, settled: () => void): void {
  const choice = el('draft-choice' as 'div', { class: 'stop', role: 'alert', 'data-of': other.kind }) as HTMLElement as DraftChoice;
  const fill = (draft: Draft | Other) => composer.dispatchEvent(new CustomEvent('draft:fill', { detail: { ...draft, instead: true } }));
  const choose = (kept: Draft | Other, left: Draft | Other, words: string) => {
    settled();
    fill(kept);
    choice.dataset['chosen'] = '';
    const back = () => choose(left, kept, 'Brought back. In its place was:');
    choice.show(words, left.body, ['Bring this back', back], ['Dismiss', () => choice.remove()]);
  };
  composer.querySelector(`draft-choice[data-of="${other.kind}"]`)?.remove();
  composer.querySelector('file-drop')?.before(choice);
  choice.show(
    `A newer draft from ${dayAndClock(new Date(other.at))} on another device`,
    other.body,
    ['Take it', () => choose(other, mine(), 'The newer draft is below. Yours was:')],
    ['Keep mine', () => choose(mine(), other, 'Your draft is below. The other was:')],
  );
}
