import { define, el, icon } from '../dom';
import { TusUpload, type Told } from '../tus';
import { bytes } from '../words';

/**
 * `<log-upload data-url="/details/TOKEN/uploads" data-most="1073741824">` around a file field and a list: files go up at once
 * and piece by piece, with pause and resume; after a lost connection by themselves, after a reload when the same file is chosen.
 */
class LogUpload extends HTMLElement {
  #open = new Set<TusUpload>();

  connectedCallback(): void {
    const hint = this.querySelector<HTMLElement>('[data-hint]');
    if (hint) hint.textContent = hint.dataset['hint'] ?? '';
    this.#field.addEventListener('change', this.#chosen);
    window.addEventListener('beforeunload', this.#stays);
  }

  disconnectedCallback(): void {
    window.removeEventListener('beforeunload', this.#stays);
  }

  get #field(): HTMLInputElement {
    return this.querySelector('input[type="file"]') as HTMLInputElement;
  }

  get #list(): HTMLElement {
    return this.querySelector('ul') as HTMLElement;
  }

  #stays = (event: BeforeUnloadEvent): void => {
    if (this.#open.size > 0) event.preventDefault();
  };

  #chosen = (): void => {
    for (const file of this.#field.files ?? []) this.#take(file);
    this.#field.value = '';
  };

  #take(file: File): void {
    const begun = [...this.#list.children].find((row): row is HTMLElement => row instanceof HTMLElement && row.dataset['state'] === 'coming' && row.dataset['name'] === file.name && row.dataset['size'] === String(file.size) && !row.hasAttribute('data-going'));
    const row = begun ?? this.#list.appendChild(el('li', { 'data-name': file.name, 'data-size': String(file.size) }));
    const most = Number(this.dataset['most'] ?? 0);
    const { tell, buttons } = this.#fill(row, file);
    if (most && file.size > most) return tell({ state: 'gone', words: `A file has at most ${bytes(most)}.` });
    if (file.size === 0) return tell({ state: 'gone', words: 'The file is empty.' });
    const word = begun?.dataset['word'];
    const upload = new TusUpload(file, (told) => {
      if (told.state === 'here' || told.state === 'gone') this.#open.delete(upload);
      tell(told);
    }, word ? `${this.dataset['url']}/${word}` : '');
    row.setAttribute('data-going', '');
    this.#open.add(upload);
    const [pause, remove] = buttons;
    pause.addEventListener('click', () => (row.dataset['state'] === 'paused' ? void upload.resume() : upload.pause()));
    remove.addEventListener('click', () => {
      this.#open.delete(upload);
      void upload.cancel();
      row.remove();
      this.#field.focus();
    });
    void upload.start(this.dataset['url'] ?? '');
  }

  /** Writes the row of a file; what is told of the file changes it. */
  #fill(row: HTMLElement, file: File): { tell: (told: Told) => void; buttons: [HTMLButtonElement, HTMLButtonElement] } {
    const bar = el('progress', { max: '100', value: '0', 'aria-label': `${file.name} sent` });
    const words = el('span', { class: 'sm t2', 'data-words': true });
    const live = el('span', { class: 'vh', role: 'status' });
    const pause = el('button', { type: 'button', class: 'btn sm' }, 'Pause');
    const remove = el('button', { type: 'button', class: 'btn quiet icon sm', 'aria-label': `Remove ${file.name}` }, icon('x', 's'));
    row.replaceChildren(icon('file', 's'), el('bdi', { class: 'ell' }, file.name), el('span', { class: 't3 num' }, bytes(file.size)), bar, words, live, pause, remove);
    const tell = (told: Told): void => {
      row.dataset['state'] = told.state;
      const over = told.state === 'here' || told.state === 'gone';
      const sent = 'sent' in told ? told.sent : told.state === 'here' ? file.size : 0;
      bar.value = Math.floor((sent / Math.max(1, file.size)) * 100);
      bar.hidden = told.state === 'gone';
      words.textContent = 'words' in told ? told.words : told.state === 'here' ? 'arrived' : `${bar.value} %`;
      if (told.state !== 'coming') live.textContent = `${file.name}: ${words.textContent}`;
      pause.hidden = over;
      pause.textContent = told.state === 'paused' ? 'Go on' : 'Pause';
      remove.hidden = told.state === 'here';
    };
    return { tell, buttons: [pause, remove] };
  }
}

define('log-upload', LogUpload);
