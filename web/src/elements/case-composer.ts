import { beginAtNewest, behind, letGo, sentBy, status, tellUnsent } from '../composer';
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
  /** What is on its way. */
  #going: Kind | undefined;

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
    this.addEventListener('turbo:before-fetch-request', this.#settle);
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
    this.#another();
    if (this.#empty) beginAtNewest(this);
    this.#empty = this.text().value === '';
    this.#keeper?.change(this.#draft());
    document.dispatchEvent(new CustomEvent('draft:typing', { detail: Number(this.dataset['case']) }));
  };

  #fill = (event: Event): void => {
    const back = (event as CustomEvent<Pick<Draft, 'kind' | 'body' | 'to' | 'cc' | 'bcc'> & { behind?: boolean; instead?: boolean; files?: Element[] }>).detail;
    this.setMode(back.kind);
    const own = this.text().value;
    const mark = back.behind ? (back.body.split('\n', 1)[0] ?? '') : back.body;
    // What its writer has begun since stays above.
    this.text().value = back.instead || back.body.startsWith(own.trimEnd()) ? back.body : behind(own, back.body, mark);
    if (back.files?.length) this.dispatchEvent(new CustomEvent('files:add', { detail: back.files }));
    this.#another();
    if (back.to.length) this.dispatchEvent(new CustomEvent('recipients:set', { detail: back }));
    this.#keeper?.change(this.#draft());
  };

  #clicked = (event: Event): void => {
    const tab = (event.target as Element).closest<HTMLElement>('[data-mode-set]');
    if (tab) this.setMode(tab.dataset['modeSet'] as Kind);
  };

  get #clientId(): HTMLInputElement {
    return this.querySelector('input[name="client_id"]') as HTMLInputElement;
  }

  /** A second try of the same text is the same reply; of another text it is another one. */
  #another(): void {
    if (!this.#going) this.#clientId.value = '';
  }

  #sending = (event: SubmitEvent): void => {
    if (event.target !== this.form) return;
    if (this.querySelector('.file[aria-busy]')) {
      event.preventDefault();
      return status(this, 'A file is still going up');
    }
    sentBy(this.form, event.submitter);
    this.form.setAttribute('aria-busy', 'true');
    this.#clientId.value ||= crypto.randomUUID();
    this.#going = this.mode;
    this.text().readOnly = true;
    document.addEventListener('turbo:submit-end', this.#answered); // also when another case is shown by then
  };

  /** A draft that is on its way arrives before the text is sent: afterwards it would be one again. */
  #settle = (event: Event): void => {
    const kept = event.target === this.form && this.#going ? this.#keeper?.settle() : undefined;
    if (!kept) return;
    event.preventDefault();
    void kept.then(() => (event as CustomEvent<{ resume: () => void }>).detail.resume());
  };

  #answered = (event: Event): void => {
    const { success, formSubmission } = (event as CustomEvent<{ success: boolean; formSubmission: { formElement: Element } }>).detail;
    if (formSubmission.formElement === this.form) this.#over(success);
  };

  #over(success: boolean): void {
    const kind = this.#going;
    if (!kind) return;
    this.#going = undefined;
    document.removeEventListener('turbo:submit-end', this.#answered);
    this.form.removeAttribute('aria-busy');
    this.text(kind).readOnly = false;
    if (success) this.#clear(kind);
    else this.#keeper?.goOn(gathered(this.form, kind, this.text(kind).value));
  }

  #clear(kind: Kind): void {
    if (kind === 'reply') this.dispatchEvent(new CustomEvent('recipients:set', { detail: { ...this.#draft(), bcc: [] } })); // no later reply has a hidden reader
    this.text(kind).value = '';
    this.#keeper?.done(kind);
    this.#clientId.value = '';
    letGo(this);
    status(this, '');
    if (kind === this.mode) this.text().blur();
    if (kind === 'note' && this.mode === 'note') this.setMode('reply', false);
    this.#empty = this.text().value === '';
  }

  #unreachable = (event: Event): void => {
    if (event.target !== this.form) return;
    event.preventDefault();
    this.#over(false);
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
