import Combobox from '@github/combobox-nav';
import { debounce, define, el, icon, pressable } from '../dom';
import { table, targetOf, written } from '../keys';
import { Options } from '../options';

const ask_wait_ms = 120;

/** Ctrl K. The server finds cases, people, organisations and pages (`GET /palette?q=`); the keys of the page in front of you are found here. */
class FindPalette extends HTMLElement {
  #combobox: Combobox | undefined;
  #options: Options | undefined;
  #eager = false;

  get #dialog(): HTMLDialogElement {
    return this.querySelector('dialog') as HTMLDialogElement;
  }

  get #input(): HTMLInputElement {
    return this.querySelector('input') as HTMLInputElement;
  }

  get #list(): HTMLElement {
    return this.querySelector('[role="listbox"]') as HTMLElement;
  }

  connectedCallback(): void {
    document.addEventListener('click', this.#open);
    this.#input.addEventListener('input', this.#typed);
    this.#input.addEventListener('keydown', this.#hurry);
    this.#list.addEventListener('combobox-commit', this.#commit);
    this.#dialog.addEventListener('click', (event) => event.target === this.#dialog && this.#dialog.close());
    this.#dialog.addEventListener('close', () => this.#combobox?.stop());
  }

  disconnectedCallback(): void {
    document.removeEventListener('click', this.#open);
    this.#combobox?.destroy();
  }

  #open = (event: Event): void => {
    if (!(event.target as Element).closest?.('[data-palette]') || this.#dialog.open) return;
    this.#dialog.showModal();
    this.#input.select();
    this.#combobox ??= new Combobox(this.#input, this.#list, { firstOptionSelectionMode: 'selected', tabInsertsSuggestions: false });
    this.#combobox.start();
    void this.#ask();
  };

  #typed = (): void => {
    this.#list.setAttribute('aria-busy', 'true');
    this.#soon();
  };

  /** Enter before the answer is there means its first line. */
  #hurry = (event: KeyboardEvent): void => {
    this.#eager = event.key === 'Enter' && this.#list.getAttribute('aria-busy') === 'true';
  };

  #soon = debounce(ask_wait_ms, () => void this.#ask());

  async #ask(): Promise<void> {
    this.#options ??= new Options(this.#list);
    const query = this.#input.value.trim();
    const actions = this.#actions(query);
    const answer = await this.#options.ask(`${this.dataset['url']}?q=${encodeURIComponent(query)}`);
    if (answer === 'late') return;
    if (answer === 'failed') this.#list.replaceChildren(el('p', { class: 'menu-title' }, 'The desk does not answer. Keys work meanwhile.'));
    this.#list.append(...actions);
    for (const [at, option] of [...this.#list.querySelectorAll('[role="option"]')].entries()) option.id = `found-${at}`;
    this.#list.setAttribute('aria-busy', 'false');
    this.#combobox?.clearSelection();
    this.#combobox?.indicateDefaultOption();
    if (this.#eager) this.#list.querySelector<HTMLElement>('[role="option"]')?.click();
    this.#eager = false;
  }

  #actions(query: string): HTMLElement[] {
    const words = query.toLowerCase().split(/\s+/);
    const fit = table.filter((row) => row.target !== 'find' && words.every((word) => row.words.toLowerCase().includes(word)));
    const here = fit.flatMap((row) => {
      const target = [...document.querySelectorAll<HTMLElement>(`[data-key~="${row.target}"]`)].find(pressable);
      return target ? [{ row, target }] : [];
    });
    const options = here.slice(0, 8).map(({ row }) =>
      el('div', { role: 'option', 'data-press': row.target }, icon('right'), el('span', {}, row.words), el('kbd', { class: 'kbd' }, written(row.keys[0] ?? ''))),
    );
    return options.length ? [el('p', { class: 'menu-title' }, 'Do'), ...options] : [];
  }

  #commit = (event: Event): void => {
    const option = event.target as HTMLElement;
    this.#dialog.close();
    if (option.dataset['press']) targetOf(option.dataset['press'])?.click();
  };
}

define('find-palette', FindPalette);
