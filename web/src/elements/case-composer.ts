import { beginAtNewest, behind, letGo, status, tellUnsent } from '../composer';
import { define } from '../dom';
import { DraftKeeper, gathered, type Draft, type Kind, type Other, type Saved } from '../draft';
import { offer, serversOwn } from './draft-choice';
import { clock } from '../words';

/**
 * Where replies and notes are written. Sacred: `data-turbo-permanent`, never inside anything that is replaced.
 * Reply and note have a text each, so that switching can never put a note where a reply leaves the desk.
 * Other files do the parts: recipients-field, file-drop, template-picker, send-countdown, stop.
 */
class CaseComposer extends HTMLElement {
  #keeper: DraftKeeper | undefined;
  #empty = true;

  get form(): HTMLFormElement {
    return this.querySelector('form.composer') as HTMLFormElement;
  }

  get mode(): Kind {
    return this.form.dataset['mode'] as Kind;
  }

  text(kind = this.mode): HTMLTextAreaElement {
    return this.querySelector(`textarea[data-kind="${kind}"]`) as HTMLTextAreaElement;
  }

  connectedCallback(): void {
    if (!this.#keeper) {
      this.#keeper = new DraftKeeper(this.dataset['draftUrl'] ?? '', (saved) => this.#say(saved));
      queueMicrotask(() => this.#restore()); // by then the fields of the recipients listen
    }
    this.addEventListener('input', this.#typed);
    this.addEventListener('draft:changed', this.#typed);
    this.addEventListener('draft:fill', this.#fill);
    this.addEventListener('click', this.#clicked);
    this.addEventListener('submit', this.#sending);
    this.addEventListener('turbo:submit-end', this.#answered);
    this.addEventListener('turbo:fetch-request-error', this.#unreachable);
    window.addEventListener('pagehide', this.#leave);
    document.addEventListener('line:back', this.#flush);
  }

  disconnectedCallback(): void {
    this.#leave();
    window.removeEventListener('pagehide', this.#leave);
    document.removeEventListener('line:back', this.#flush);
  }

  #leave = (): void => this.#keeper?.leave();

  #flush = (): void => void this.#keeper?.flush();

  /** What is unconfirmed on this computer goes on from what the page was rendered with, or else both are shown. */
  #restore(): void {
    for (const kind of ['reply', 'note'] as const) {
      const shown = serversOwn(this.form, this.text(kind));
      this.#keeper?.saw(kind, shown.version, shown.body);
      const { version, ...kept } = this.#keeper?.unsent(kind) ?? { version: 0 };
      if (!('body' in kept) || !kept.body.trim() || kept.body === this.text(kind).value) continue;
      this.#keeper?.saw(kind, version);
      if (shown.body.trim() && version !== shown.version) this.#clash(shown);
      this.text(kind).value = kept.body;
      if (kind === 'reply') this.dispatchEvent(new CustomEvent('recipients:set', { detail: kept }));
      this.#keeper?.change({ ...this.#draft(), ...kept });
    }
    this.#empty = this.text().value === '';
    if (this.text('note').value && !this.text('reply').value) this.setMode('note', false);
  }

  setMode(mode: Kind, focus = true): void {
    this.form.dataset['mode'] = mode;
    this.form.action = (mode === 'note' ? this.dataset['noteUrl'] : this.dataset['replyUrl']) ?? this.form.action;
    for (const tab of this.querySelectorAll<HTMLElement>('[data-mode-set]')) tab.setAttribute('aria-selected', String(tab.dataset['modeSet'] === mode));
    for (const kind of ['reply', 'note'] as const) this.text(kind).hidden = this.text(kind).disabled = kind !== mode;
    this.querySelector('markdown-toolbar')?.setAttribute('for', this.text().id);
    if (focus) this.text().focus();
  }

  #draft(): Draft {
    return gathered(this.form, this.mode, this.text().value);
  }

  #typed = (event: Event): void => {
    if ((event.target as Element).closest('[data-not-draft]')) return;
    if (this.#empty) beginAtNewest(this);
    this.#empty = this.text().value === '';
    this.#keeper?.change(this.#draft());
    document.dispatchEvent(new CustomEvent('draft:typing', { detail: Number(this.dataset['case']) }));
  };

  #fill = (event: Event): void => {
    const back = (event as CustomEvent<Pick<Draft, 'kind' | 'body' | 'to' | 'cc' | 'bcc'> & { behind?: boolean }>).detail;
    this.setMode(back.kind);
    this.text().value = back.behind ? behind(this.text().value, back.body) : back.body;
    if (back.to.length) this.dispatchEvent(new CustomEvent('recipients:set', { detail: back }));
    this.#keeper?.change(this.#draft());
  };

  #clicked = (event: Event): void => {
    const tab = (event.target as Element).closest<HTMLElement>('[data-mode-set]');
    if (tab) this.setMode(tab.dataset['modeSet'] as Kind);
  };

  #sending = (event: Event): void => {
    if (event.target !== this.form) return;
    this.form.setAttribute('aria-busy', 'true');
    const id = this.querySelector<HTMLInputElement>('input[name="client_id"]');
    if (id) id.value ||= crypto.randomUUID(); // a second try of the same text is the same reply
  };

  #answered = (event: Event): void => {
    if (event.target !== this.form) return;
    this.form.removeAttribute('aria-busy');
    if ((event as CustomEvent<{ success: boolean }>).detail.success) this.#clear();
  };

  #clear(): void {
    if (this.mode === 'reply') this.dispatchEvent(new CustomEvent('recipients:set', { detail: { ...this.#draft(), bcc: [] } })); // no later reply has a hidden reader
    this.text().value = '';
    this.#empty = true;
    this.#keeper?.done(this.mode);
    const id = this.querySelector<HTMLInputElement>('input[name="client_id"]');
    if (id) id.value = '';
    letGo(this);
    if (this.mode === 'note') this.setMode('reply', false);
    status(this, '');
    this.text().blur();
  }

  #unreachable = (event: Event): void => {
    if (event.target !== this.form) return;
    event.preventDefault();
    this.form.removeAttribute('aria-busy');
    tellUnsent(this.form);
  };

  /** Another device has written too: nothing more goes to the server until one of both is chosen. */
  #clash(other: Other): void {
    this.#keeper?.hold(other.kind);
    offer(this, other, () => gathered(this.form, other.kind, this.text(other.kind).value), () => this.#keeper?.saw(other.kind, other.version));
  }

  #say(saved: Saved): void {
    if (saved.state === 'other') this.#clash(saved.other);
    status(this, saved.state === 'kept' ? `Draft kept, ${clock(saved.at)}` : saved.state === 'saving' ? '' : 'Kept on this computer');
  }
}

define('case-composer', CaseComposer);
