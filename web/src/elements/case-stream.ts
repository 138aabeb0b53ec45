import { debounce, define, newestEntry, request } from '../dom';

const seen_after_ms = 900;
const fresh_ms = 1_700;
const at_end_px = 48;

/**
 * The scrolling timeline: opens at the first new entry or at its end, never scrolls under a reader; what comes in below
 * the fold is announced by one quiet button. `data-stream="next|previous|first-new|end"` are its commands.
 */
class CaseStream extends HTMLElement {
  #watch: MutationObserver | undefined;
  #unseen = 0;
  #atEnd = true;

  get #scroller(): HTMLElement {
    return this.querySelector('.scroll') as HTMLElement;
  }

  connectedCallback(): void {
    this.#watch = new MutationObserver((records) => this.#came(records));
    const timeline = this.querySelector('.timeline');
    if (timeline) this.#watch.observe(timeline, { childList: true });
    this.#scroller.addEventListener('scroll', this.#scrolled, { passive: true });
    document.addEventListener('click', this.#command);
    document.addEventListener('visibilitychange', this.#seeSoon);
    this.#open();
    this.#seeSoon();
  }

  disconnectedCallback(): void {
    this.#watch?.disconnect();
    document.removeEventListener('click', this.#command);
    document.removeEventListener('visibilitychange', this.#seeSoon);
  }

  #open(): void {
    const named = location.hash.startsWith('#entry-') ? document.getElementById(location.hash.slice(1)) : null;
    const line = named ?? this.querySelector('.newline');
    if (line) line.scrollIntoView({ block: named ? 'center' : 'start' });
    else this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#scrolled();
  }

  /** A page may be fetched ahead, so reading is told apart: what has been on the screen for a moment. */
  #seeSoon = debounce(seen_after_ms, () => {
    const url = this.dataset['seenUrl'];
    if (!url || !this.isConnected || document.hidden) return;
    void request(url, { method: 'POST', body: new URLSearchParams({ entry: String(newestEntry(this)) }) }).catch(() => undefined);
  });

  #scrolled = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    this.#atEnd = scrollHeight - scrollTop - clientHeight < at_end_px;
    if (this.#atEnd) this.#count(0);
  };

  #came(records: MutationRecord[]): void {
    const added = records.flatMap(({ addedNodes }) => [...addedNodes]).filter((node): node is HTMLElement => node instanceof HTMLElement);
    const fresh = added.filter((node) => node.matches('.entry') && node === node.parentElement?.lastElementChild);
    if (fresh.length === 0) return;
    for (const entry of fresh) {
      entry.dataset['fresh'] = '';
      window.setTimeout(() => delete entry.dataset['fresh'], fresh_ms);
    }
    this.#seeSoon();
    if (this.#atEnd) this.#scroller.scrollTo({ top: this.#scroller.scrollHeight });
    else this.#count(this.#unseen + fresh.length);
  }

  #count(unseen: number): void {
    this.#unseen = unseen;
    const button = this.querySelector<HTMLElement>('.stream-new');
    if (!button) return;
    button.hidden = unseen === 0;
    const words = button.querySelector('[data-count]');
    if (words && unseen) words.textContent = `${unseen} new`;
  }

  #command = (event: Event): void => {
    const name = (event.target as Element).closest?.('[data-stream]')?.getAttribute('data-stream');
    if (name === 'next') this.#step(1);
    if (name === 'previous') this.#step(-1);
    if (name === 'first-new') this.querySelector('.newline')?.scrollIntoView({ block: 'start' });
    if (name === 'end') this.#scroller.scrollTo({ top: this.#scroller.scrollHeight, behavior: 'smooth' });
  };

  #step(by: 1 | -1): void {
    const entries = [...this.querySelectorAll<HTMLElement>('.entry')];
    const focused = entries.findIndex((entry) => entry.contains(document.activeElement));
    const top = this.#scroller.getBoundingClientRect().top;
    const first = entries.findIndex((entry) => entry.getBoundingClientRect().bottom > top + 8);
    const entry = entries[focused >= 0 ? focused + by : Math.max(0, first)];
    if (!entry) return;
    entry.tabIndex = -1;
    entry.focus({ preventScroll: true });
    entry.scrollIntoView({ block: 'nearest' });
  }
}

define('case-stream', CaseStream);
