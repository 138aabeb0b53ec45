import Combobox from '@github/combobox-nav';
import { renderStreamMessage } from '@hotwired/turbo';
import { debounce, define, request, streams } from '../dom';
import { Options } from '../options';

const ask_wait_ms = 150;
const keep_wait_ms = 800;

interface Kept {
  call: number;
  at: string;
  ended: string;
}

/** The screen of a call: finds the caller while it is typed, keeps everything on the server, and shows how long it lasts. */
class CallScreen extends HTMLElement {
  #combobox: Combobox | undefined;
  #options: Options | undefined;
  #clock: number | undefined;
  #sent = false;
  #unkept = false;

  get #form(): HTMLFormElement {
    return this.querySelector('form') as HTMLFormElement;
  }

  get #list(): HTMLElement {
    return this.querySelector('[role="listbox"]') as HTMLElement;
  }

  #field(name: string): HTMLInputElement {
    return this.#form.elements.namedItem(name) as HTMLInputElement;
  }

  connectedCallback(): void {
    const who = this.#field('who');
    this.#combobox ??= new Combobox(who, this.#list, { firstOptionSelectionMode: 'selected' });
    who.addEventListener('input', this.#typedWho);
    who.addEventListener('keydown', (event) => event.key === 'Escape' && this.#close());
    who.addEventListener('blur', () => window.setTimeout(() => this.#close(), 200));
    this.#list.addEventListener('combobox-commit', (event) => void this.#chosen(event.target as HTMLElement));
    for (const type of ['input', 'change']) this.#form.addEventListener(type, this.#changed);
    this.#form.addEventListener('submit', this.#leave);
    this.addEventListener('turbo:submit-end', (event) => (this.#sent = (event as CustomEvent<{ success: boolean }>).detail.success));
    window.addEventListener('pagehide', this.#keepNow);
    const over = this.querySelector<HTMLButtonElement>('[data-over]');
    if (over) {
      over.hidden = this.#field('ended').value !== '';
      over.addEventListener('click', () => void this.#keep(true));
    }
    this.#clock = window.setInterval(() => this.#tick(), 1_000);
    this.#tick();
  }

  disconnectedCallback(): void {
    window.clearInterval(this.#clock);
    window.removeEventListener('pagehide', this.#keepNow);
    this.#keepNow();
    this.#combobox?.destroy();
    this.#combobox = undefined;
  }

  #tick(): void {
    const clock = this.querySelector<HTMLElement>('[data-clock]');
    const seconds = Math.floor((Date.now() - new Date(this.dataset['began'] ?? '').getTime()) / 1_000);
    if (!clock || Number.isNaN(seconds) || seconds > 6 * 3_600) return;
    clock.hidden = this.#field('ended').value !== '';
    clock.textContent = `${Math.max(0, Math.floor(seconds / 60))}:${String(Math.max(0, seconds % 60)).padStart(2, '0')}`;
  }

  #typedWho = (): void => {
    this.#field('contact').value = '';
    this.#ask();
  };

  #ask = debounce(ask_wait_ms, async () => {
    const who = this.#field('who');
    const query = who.value.trim();
    if (query.length < 2) return this.#close();
    this.#options ??= new Options(this.#list);
    const url = `${this.dataset['callersUrl']}?q=${encodeURIComponent(query)}`;
    if ((await this.#options.ask(url, () => query === who.value.trim() && document.activeElement === who)) !== 'filled') return;
    this.#list.hidden = false;
    this.#combobox?.start();
  });

  #close(): void {
    this.#list.hidden = true;
    this.#combobox?.stop();
  }

  async #chosen(option: HTMLElement): Promise<void> {
    this.#close();
    const { contact, name, number, new: typed } = option.dataset;
    if (typed !== undefined) this.#begin(typed);
    this.#field('contact').value = contact ?? '';
    if (name) this.#field('who').value = name;
    if (number && !this.#field('number').value) this.#field('number').value = number;
    const answer = await request(`${this.dataset['aboutUrl']}?contact=${contact ?? ''}`, { accept: streams }).catch(() => undefined);
    if (answer?.ok) renderStreamMessage(await answer.text());
    this.#keepSoon();
  }

  /** A new contact: what was typed is their number or their name. */
  #begin(typed: string): void {
    this.querySelector('.call-new')?.toggleAttribute('open', true);
    const field = this.#field(/^[\d\s+().\/-]+$/.test(typed) ? 'number' : 'name');
    if (!field.value) field.value = typed;
    this.#field('name').focus();
  }

  #keepSoon = debounce(keep_wait_ms, () => void this.#keep(false));

  /** The page goes away: what was typed since is kept by a request that survives it. */
  #keepNow = (): void => {
    this.#keepSoon.cancel();
    if (this.#unkept && !this.#sent) void request(this.dataset['draftUrl'] ?? '', { method: 'PUT', body: this.#typed(), keepalive: true }).catch(() => undefined);
  };

  #typed(): URLSearchParams {
    return new URLSearchParams([...new FormData(this.#form)].map(([name, value]) => [name, String(value)]));
  }

  #changed = (): void => {
    this.#unkept = true;
    this.#keepSoon();
  };

  #leave = (): void => {
    this.#sent = true;
    this.#keepSoon.cancel();
  };

  async #keep(over: boolean): Promise<void> {
    if (this.#sent) return;
    this.#unkept = false;
    const body = this.#typed();
    if (over) body.set('over', '1');
    const answer = await request(this.dataset['draftUrl'] ?? '', { method: 'PUT', body, accept: 'application/json' }).catch(() => undefined);
    const note = this.querySelector('[data-kept]');
    if (!answer?.ok) {
      this.#unkept = true;
      if (note) note.textContent = 'Not kept yet: the desk does not answer.';
      return this.#keepSoon();
    }
    const kept = (await answer.json()) as Kept;
    this.#field('call').value = String(kept.call);
    if (over) {
      this.#field('ended').value = kept.ended;
      this.querySelector<HTMLElement>('[data-over]')?.toggleAttribute('hidden', true);
      this.#tick();
    }
    if (note) note.textContent = `Kept ${new Date(kept.at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}`;
  }
}

define('call-screen', CallScreen);
