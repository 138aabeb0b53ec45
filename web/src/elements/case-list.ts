import { debounce, define } from '../dom';

const open_wait_ms = 140; // J held down must not load every case on the way

/**
 * The list of cases. J and K move, Enter opens; beside an open case pane moving also opens. The selected row stays where
 * the eye is when rows come in above it. Checkboxes gather cases for a joint action; with Shift, all between two of them.
 */
class CaseList extends HTMLElement {
  #lastBox: HTMLInputElement | undefined;
  #last: number | undefined; // where the eye was, for when that row is gone
  #watch: MutationObserver | undefined;
  #place: { row: HTMLElement; top: number } | undefined;

  connectedCallback(): void {
    document.addEventListener('turbo:before-stream-render', this.#remember);
    document.addEventListener('turbo:frame-load', this.#markShown);
    this.addEventListener('change', this.#picked);
    this.addEventListener('click', this.#command);
    this.addEventListener('click', this.#range);
    this.addEventListener('keydown', this.#enter);
    this.addEventListener('turbo:submit-end', this.#done);
    this.#watch = new MutationObserver(() => {
      this.#settle();
      this.#picked();
    });
    this.#watch.observe(this, { childList: true, subtree: true });
    this.#markShown();
  }

  disconnectedCallback(): void {
    document.removeEventListener('turbo:before-stream-render', this.#remember);
    document.removeEventListener('turbo:frame-load', this.#markShown);
    this.#watch?.disconnect();
  }

  #rows(): HTMLAnchorElement[] {
    return [...this.querySelectorAll<HTMLAnchorElement>('a.case-row')];
  }

  get #current(): HTMLAnchorElement | undefined {
    const rows = this.#rows();
    return rows.find((row) => row === document.activeElement) ?? rows.find((row) => row.hasAttribute('aria-current'));
  }

  #command = (event: Event): void => {
    const name = (event.target as Element).closest('[data-list]')?.getAttribute('data-list');
    if (name === 'next') this.#go(1);
    if (name === 'previous') this.#go(-1);
    if (name === 'pick') this.#pickCurrent();
    if (name === 'pick-all') this.#boxes().forEach((box) => (box.checked = true));
    if (name === 'unpick') this.#boxes().forEach((box) => (box.checked = false));
    if (name) this.#picked();
  };

  #go(step: 1 | -1): void {
    const rows = this.#rows();
    const gone = step > 0 ? (this.#last ?? 0) - 1 : (this.#last ?? rows.length);
    const at = this.#current ? rows.indexOf(this.#current) : gone;
    const row = rows[at + step];
    if (!row) return;
    this.#last = at + step;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: 'nearest' });
    if (this.dataset['beside'] !== undefined && document.querySelector('[data-looking-at]')) this.#openSoon(row);
  }

  #openSoon(row: HTMLAnchorElement): void {
    this.toggleAttribute('data-opening', true);
    this.#open(row);
  }

  #open = debounce(open_wait_ms, (row: HTMLAnchorElement) => {
    if (row === document.activeElement) row.click();
    else document.dispatchEvent(new Event('list:stays'));
    this.removeAttribute('data-opening');
  });

  /** The row of the case in the pane is the current one, however it got there. */
  #markShown = (): void => {
    const shown = document.querySelector<HTMLElement>('[data-looking-at]')?.dataset['lookingAt'];
    for (const row of this.#rows()) {
      const here = row.dataset['case'] === shown;
      if (here) row.setAttribute('aria-current', 'true');
      else row.removeAttribute('aria-current');
      if (here) row.removeAttribute('data-unread');
    }
  };

  #remember = (): void => {
    const row = this.#current;
    if (row) this.#place = { row, top: row.getBoundingClientRect().top };
  };

  /** Rows above came or went: correct the scroll offset by as much as the selected row moved. */
  #settle(): void {
    const place = this.#place;
    const scroller = this.closest<HTMLElement>('.scroll');
    if (!place?.row.isConnected || !scroller) return;
    const moved_px = place.row.getBoundingClientRect().top - place.top;
    this.#place = undefined;
    if (moved_px !== 0 && scroller.scrollTop > 0) scroller.scrollTop += moved_px;
    this.#markShown();
  }

  #boxes(): HTMLInputElement[] {
    return [...this.querySelectorAll<HTMLInputElement>('.pick input')];
  }

  #pickCurrent(): void {
    const box = this.#current?.parentElement?.querySelector<HTMLInputElement>('.pick input');
    if (box) box.checked = !box.checked;
  }

  #range = (event: MouseEvent): void => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || !box.closest('.pick')) return;
    const boxes = this.#boxes();
    const [from, to] = [this.#lastBox ? boxes.indexOf(this.#lastBox) : -1, boxes.indexOf(box)];
    if (event.shiftKey && from >= 0) for (const one of boxes.slice(Math.min(from, to), Math.max(from, to))) one.checked = box.checked;
    this.#lastBox = box;
    this.#picked();
  };

  /** Enter in a field of the bar means the button beside it, not the first of the whole form. */
  #enter = (event: KeyboardEvent): void => {
    const field = event.target as HTMLElement;
    if (event.key !== 'Enter' || !field.matches('.bulk input')) return;
    event.preventDefault();
    field.closest('.wide')?.querySelector('button')?.click();
  };

  /** What was to be done is done: nothing is picked any more. */
  #done = (event: Event): void => {
    const form = event.target as HTMLElement;
    if (!form.matches('.bulk') || !(event as CustomEvent<{ success: boolean }>).detail.success) return;
    form.querySelector<HTMLElement>(':popover-open')?.hidePopover();
    form.querySelectorAll<HTMLInputElement>('input:not([type=hidden])').forEach((field) => (field.value = ''));
    this.#boxes().forEach((box) => (box.checked = false));
    this.#picked();
  };

  #picked = (): void => {
    const count = this.#boxes().filter((box) => box.checked).length;
    this.toggleAttribute('data-picking', count > 0);
    const bar = this.querySelector<HTMLElement>('.bulk');
    const words = bar?.querySelector('[data-count]');
    if (!bar || !words) return;
    bar.hidden = count === 0;
    const text = count === 1 ? '1 case' : `${count} cases`;
    if (words.textContent !== text) words.textContent = text; // this element is watched
  };
}

define('case-list', CaseList);
