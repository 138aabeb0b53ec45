import Combobox from '@github/combobox-nav';
import { debounce, define, el, icon } from '../dom';
import type { Draft } from '../draft';
import { Options } from '../options';

const ask_wait_ms = 150;
const address = /^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+$/;

/**
 * One line of recipients: `<recipients-field data-name="cc" data-suggest="/people/suggest" data-ours="a.example b.example">`.
 * Each is a chip with a hidden field; a chip whose domain is not the organisation's wears the amber ring.
 */
class RecipientsField extends HTMLElement {
  #combobox: Combobox | undefined;
  #options: Options | undefined;

  get #input(): HTMLInputElement {
    return this.querySelector('input[type="text"], input[type="email"]') as HTMLInputElement;
  }

  get #list(): HTMLElement {
    return this.querySelector('[role="listbox"]') as HTMLElement;
  }

  connectedCallback(): void {
    this.#combobox ??= new Combobox(this.#input, this.#list, { firstOptionSelectionMode: 'none' });
    this.#input.addEventListener('input', this.#ask);
    this.#input.addEventListener('keydown', this.#key);
    this.#input.addEventListener('blur', () => window.setTimeout(() => this.#take(), 150));
    this.#input.addEventListener('paste', this.#paste);
    this.#list.addEventListener('combobox-commit', (event) => this.#chosen(event.target as HTMLElement));
    this.addEventListener('click', this.#clicked);
    this.closest('case-composer')?.addEventListener('recipients:set', this.#set);
    this.closest('form')?.addEventListener('submit', this.#last, true);
  }

  /** What was typed and is no chip yet is a recipient too; what is no address holds the form. */
  #last = (event: Event): void => {
    if (this.closest('form')?.dataset['mode'] === 'note') return;
    this.#take();
    if (!this.#input.value.trim()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.#input.focus();
  };

  disconnectedCallback(): void {
    this.closest('case-composer')?.removeEventListener('recipients:set', this.#set);
    this.#combobox?.stop();
  }

  #ask = debounce(ask_wait_ms, async () => {
    const query = this.#input.value.trim();
    if (query.length < 2 || !this.dataset['suggest']) return this.#close();
    this.#options ??= new Options(this.#list);
    const url = `${this.dataset['suggest']}?q=${encodeURIComponent(query)}`;
    if ((await this.#options.ask(url, () => query === this.#input.value.trim())) !== 'filled') return;
    if (!this.#list.querySelector('[role="option"]')) return this.#close();
    this.#list.hidden = false;
    this.#combobox?.start();
  });

  #close(): void {
    this.#list.hidden = true;
    this.#combobox?.stop();
  }

  #key = (event: KeyboardEvent): void => {
    if (event.key === 'Backspace' && !this.#input.value) this.#remove([...this.querySelectorAll<HTMLElement>('.chip')].pop());
    else if (event.key === 'Escape' && !this.#list.hidden) this.#close();
    else if ([',', ';', ' '].includes(event.key) && address.test(this.#input.value.trim())) this.#take(event);
    else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey && !event.defaultPrevented) this.#take(event);
  };

  #take(event?: Event): void {
    event?.preventDefault();
    const text = this.#input.value.trim();
    if (!text) return;
    const good = address.test(text);
    this.#input.setAttribute('aria-invalid', String(!good));
    if (!good) return;
    this.add(text, text);
    this.#input.value = '';
    this.#close();
  }

  #paste = (event: ClipboardEvent): void => {
    const found = event.clipboardData?.getData('text').match(/[^\s@<>,;"]+@[^\s@<>,;"]+/g) ?? [];
    if (found.length < 2) return;
    event.preventDefault();
    for (const one of found) this.add(one, one);
  };

  #chosen(option: HTMLElement): void {
    const to = option.dataset['address'];
    if (!to) return;
    this.add(to, option.dataset['label'] ?? to);
    this.#input.value = '';
    this.#close();
    this.#input.focus();
  }

  add(to: string, label: string, tell = true): void {
    const name = this.dataset['name'] ?? 'to';
    if ([...this.querySelectorAll<HTMLInputElement>(`input[name="${name}"]`)].some((field) => field.value.toLowerCase() === to.toLowerCase())) return;
    const ours = (this.dataset['ours'] ?? '').split(' ').filter(Boolean);
    const outside = ours.length > 0 && !ours.some((domain) => to.toLowerCase().endsWith(`@${domain}`));
    const remove = el('button', { type: 'button', 'aria-label': `Remove ${label}`, 'data-remove': true }, icon('x'));
    const field = el('input', { type: 'hidden', name, value: to });
    const chip = el('span', { class: outside ? 'chip out' : 'chip', title: outside ? `${to}, not of this organisation` : to }, el('bdi', { class: 'ell' }, label), field, remove);
    this.#input.closest('.rcpt-add')?.before(chip);
    if (tell) this.#changed();
  }

  #clicked = (event: Event): void => {
    const button = (event.target as Element).closest('[data-remove]');
    const copies = (event.target as Element).closest<HTMLElement>('[data-copies-show]')?.dataset['copiesShow'];
    if (copies) this.#showCopies(copies);
    else if (button) this.#remove(button.closest<HTMLElement>('.chip') ?? undefined);
    else if (event.target === this) this.#input.focus();
  };

  #showCopies(name: string): void {
    const lines = this.closest('.rcpts');
    lines?.toggleAttribute(`data-${name}`, true);
    lines?.querySelector<HTMLElement>(`[data-name="${name}"] input[type="text"]`)?.focus();
  }

  #remove(chip?: HTMLElement): void {
    if (!chip) return;
    chip.remove();
    this.#input.focus();
    this.#changed();
  }

  #set = (event: Event): void => {
    const name = this.dataset['name'] as 'to' | 'cc' | 'bcc';
    const kept = (event as CustomEvent<Draft>).detail[name] ?? [];
    if (name === 'bcc') this.closest('.rcpts')?.removeAttribute('data-bcc');
    for (const chip of this.querySelectorAll('.chip')) if (!kept.includes(chip.querySelector('input')?.value ?? '')) chip.remove();
    for (const to of kept) this.add(to, to, false);
  };

  #changed(): void {
    this.dispatchEvent(new CustomEvent('draft:changed', { bubbles: true }));
  }
}

define('recipients-field', RecipientsField);
