import Combobox from '@github/combobox-nav';
import { debounce, define, request } from '../dom';
import { Options } from '../options';

const ask_wait_ms = 120;

/**
 * Ctrl ;  `<template-picker data-url="/cases/42/templates">` inside a menu-button. The server answers with options whose
 * `data-text-url` gives the text with its fields filled in for this case; it goes in at the caret, as one undo step.
 */
class TemplatePicker extends HTMLElement {
  #combobox: Combobox | undefined;
  #options: Options | undefined;

  get #input(): HTMLInputElement {
    return this.querySelector('input') as HTMLInputElement;
  }

  get #list(): HTMLElement {
    return this.querySelector('[role="listbox"]') as HTMLElement;
  }

  #ready = false;

  connectedCallback(): void {
    if (this.#ready) return; // moved along with the composer
    this.#ready = true;
    this.addEventListener('menu:open', () => this.#opened());
    this.closest('menu-button')?.addEventListener('menu:open', () => this.#opened());
    this.#input.addEventListener('input', () => this.#soon());
    this.#input.addEventListener('keydown', (event) => event.key === 'Enter' && event.preventDefault());
    this.#list.addEventListener('combobox-commit', (event) => void this.#insert(event.target as HTMLElement));
  }

  disconnectedCallback(): void {
    this.#combobox?.stop();
  }

  #opened(): void {
    this.#combobox ??= new Combobox(this.#input, this.#list, { firstOptionSelectionMode: 'selected' });
    this.#combobox.start();
    this.#input.focus();
    this.#input.select();
    void this.#ask();
  }

  #soon = debounce(ask_wait_ms, () => void this.#ask());

  async #ask(): Promise<void> {
    this.#options ??= new Options(this.#list);
    const answer = await this.#options.ask(`${this.dataset['url']}?q=${encodeURIComponent(this.#input.value)}`);
    if (answer === 'filled') this.#combobox?.indicateDefaultOption();
  }

  async #insert(option: HTMLElement): Promise<void> {
    const url = option.dataset['textUrl'];
    const text = this.closest('form')?.querySelector<HTMLTextAreaElement>('textarea:not([hidden])');
    if (!url || !text) return;
    this.closest<HTMLElement>('[popover]')?.hidePopover();
    const answer = await request(url, { accept: 'text/plain' }).catch(() => undefined);
    if (!answer?.ok) return;
    text.focus();
    // Deprecated, and still the only way to change a text so that Ctrl Z takes it back.
    const wrote = document.execCommand('insertText', false, await answer.text());
    if (wrote) text.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

define('template-picker', TemplatePicker);
