import { debounce, define, el, request } from '../dom';

const wait_ms = 600;
const retry_ms = 5_000;

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

interface Kept {
  version: number;
  done: number;
  of: number;
}

/**
 * `<details-form data-url="/details/TOKEN">` around a form keeps each field on the server as it is typed. A field knows the
 * version that it goes on from; what another page has written meanwhile is shown beside it, and nothing is written over unseen.
 */
class DetailsForm extends HTMLElement {
  #waiting = new Map<Field, (() => void) & { cancel(): void }>();
  #busy = new Set<Field>();
  #failed = false;

  connectedCallback(): void {
    for (const field of this.#fields) {
      const keep = debounce(wait_ms, () => void this.#keep(field));
      this.#waiting.set(field, keep);
      field.addEventListener('input', () => {
        this.#say('Keeping…');
        keep();
      });
    }
    this.querySelector('form')?.addEventListener('submit', this.#sends);
    window.addEventListener('pagehide', this.#leaves);
    const plain = this.querySelector<HTMLElement>('[data-plain]');
    if (plain) plain.hidden = true;
  }

  disconnectedCallback(): void {
    window.removeEventListener('pagehide', this.#leaves);
  }

  get #fields(): Field[] {
    return [...this.querySelectorAll<Field>('[data-version]')];
  }

  #hidden(field: Field, name: 'was' | 'at'): HTMLInputElement {
    return this.querySelector(`[name="${name}-${field.name}"]`) as HTMLInputElement;
  }

  #changed(field: Field): boolean {
    return field.value.trim() !== this.#hidden(field, 'was').value;
  }

  /** The form itself sends what is not kept yet: no second request may cross it. */
  #sends = (): void => {
    for (const keep of this.#waiting.values()) keep.cancel();
  };

  #leaves = (): void => {
    for (const field of this.#fields) if (this.#changed(field)) void this.#put(field, true).catch(() => undefined);
  };

  #put(field: Field, keepalive = false): Promise<Response> {
    const body = JSON.stringify({ value: field.value, version: Number(this.#hidden(field, 'at').value) });
    return request(`${this.dataset['url']}/fields/${field.name}`, { method: 'PUT', body, keepalive, headers: { 'Content-Type': 'application/json' }, accept: 'application/json' });
  }

  async #keep(field: Field): Promise<void> {
    if (this.#busy.has(field)) return void this.#waiting.get(field)?.();
    if (!this.#changed(field)) return this.#told();
    const value = field.value.trim();
    this.#busy.add(field);
    const answer = await this.#put(field).catch(() => undefined);
    const said = answer && (answer.ok || answer.status === 409) ? ((await answer.json().catch(() => undefined)) as (Kept & { value: string }) | undefined) : undefined;
    this.#busy.delete(field);
    this.#failed = !said;
    if (answer?.ok && said) this.#kept(field, value, said);
    else if (said) this.#clashes(field, said);
    else if (answer && answer.status < 500 && answer.status !== 429) this.#say('Not kept: send the form to see why.');
    else {
      this.#say('Not kept yet. It is tried again while this page is open.');
      window.setTimeout(() => void this.#keep(field), retry_ms);
    }
  }

  #kept(field: Field, value: string, said: Kept): void {
    this.#hidden(field, 'was').value = value;
    this.#hidden(field, 'at').value = String(said.version);
    this.#note(field)?.remove();
    const progress = this.querySelector('[data-progress]');
    if (progress && said.of > 0) progress.textContent = `${said.done} of ${said.of} details that we asked for are here.`;
    if (this.#changed(field)) this.#waiting.get(field)?.();
    else this.#told();
  }

  #told(): void {
    const open = this.#busy.size > 0 || this.#failed || this.#fields.some((field) => this.#changed(field));
    if (!open) this.#say('Kept. Nothing is sent until you say so.');
  }

  /** Another page has changed the field: its words and these are both there until somebody chooses. */
  #clashes(field: Field, other: { value: string; version: number }): void {
    this.#note(field)?.remove();
    const choose = (value: string) => () => {
      this.#hidden(field, 'at').value = String(other.version);
      this.#hidden(field, 'was').value = other.value;
      field.value = value;
      this.#note(field)?.remove();
      field.focus();
      void this.#keep(field);
    };
    const mine = el('button', { type: 'button', class: 'btn sm' }, 'Keep mine');
    const theirs = el('button', { type: 'button', class: 'btn sm' }, 'Use the other');
    mine.addEventListener('click', () => choose(field.value)());
    theirs.addEventListener('click', choose(other.value));
    const words = el('span', {}, 'Another page says “', el('bdi', {}, other.value || 'nothing'), '”. ');
    field.closest('.field')?.append(el('div', { class: 'row wrap clash', role: 'alert' }, words, mine, theirs));
    this.#say('One field was changed on another page: choose which one counts.');
  }

  #note(field: Field): Element | null {
    return field.closest('.field')?.querySelector('.clash') ?? null;
  }

  #say(words: string): void {
    const saved = this.querySelector('[data-saved]');
    if (saved && saved.textContent !== words) saved.textContent = words;
  }
}

define('details-form', DetailsForm);
