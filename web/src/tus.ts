// A file, piece by piece, as the tus protocol 1.0.0 has it: any request may break off, and the next one asks where to go on.
const piece_bytes = 8 * 1024 * 1024;
const tries_ms = [1_000, 2_000, 5_000, 10_000, 30_000];
const headers = { 'Tus-Resumable': '1.0.0', Accept: 'application/json' };

export type Told =
  | { state: 'coming'; sent: number }
  | { state: 'waiting'; sent: number; words: string }
  | { state: 'paused'; sent: number; words: string }
  | { state: 'here' }
  | { state: 'gone'; words: string };

/** The words of a refusal (RFC 9457). */
async function refusal(answer: Response): Promise<string> {
  const problem = (await answer.json().catch(() => undefined)) as { detail?: string } | undefined;
  return problem?.detail ?? 'It was refused.';
}

const base64 = (text: string) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

export class TusUpload {
  #file: File;
  #tell: (told: Told) => void;
  #url: string;
  #sent = 0;
  #failures = 0;
  #paused = false;
  #going = false;
  #request: XMLHttpRequest | undefined;
  #timer: number | undefined;

  /** `url` is where the file is known already, when it is. */
  constructor(file: File, tell: (told: Told) => void, url = '') {
    this.#file = file;
    this.#tell = tell;
    this.#url = url;
    window.addEventListener('online', this.#online);
  }

  async start(folder: string): Promise<void> {
    if (this.#url) return this.resume();
    const name = `filename ${base64(this.#file.name)},filetype ${base64(this.#file.type || 'application/octet-stream')}`;
    const answer = await fetch(folder, { method: 'POST', headers: { ...headers, 'Upload-Length': String(this.#file.size), 'Upload-Metadata': name } }).catch(() => undefined);
    if (answer?.status === 201) {
      this.#url = answer.headers.get('Location') ?? '';
      return this.#next();
    }
    if (answer && answer.status < 500 && answer.status !== 429) return this.#gone(await refusal(answer));
    this.#later(answer ? await refusal(answer) : 'No connection.', () => void this.start(folder));
  }

  pause(): void {
    this.#paused = true;
    window.clearTimeout(this.#timer);
    this.#request?.abort();
    this.#tell({ state: 'paused', sent: this.#sent, words: 'Paused.' });
  }

  /** Asks how much is there, and goes on from that. */
  async resume(): Promise<void> {
    this.#paused = false;
    window.clearTimeout(this.#timer);
    if (this.#going) return;
    this.#going = true;
    const answer = await fetch(this.#url, { method: 'HEAD', headers }).catch(() => undefined);
    this.#going = false;
    if (answer?.ok) {
      this.#sent = Number(answer.headers.get('Upload-Offset') ?? 0);
      return this.#next();
    }
    if (answer && answer.status < 500 && answer.status !== 429) return this.#gone('It is not there any more. Choose the file again.');
    this.#later('No connection.', () => void this.resume());
  }

  async cancel(): Promise<void> {
    this.pause();
    window.removeEventListener('online', this.#online);
    if (this.#url) await fetch(this.#url, { method: 'DELETE', headers }).catch(() => undefined);
  }

  #online = (): void => {
    if (this.#failures > 0 && !this.#paused && this.#url) void this.resume();
  };

  #next(): void {
    if (this.#paused) return;
    if (this.#sent >= this.#file.size) {
      window.removeEventListener('online', this.#online);
      return this.#tell({ state: 'here' });
    }
    const from = this.#sent;
    const sending = new XMLHttpRequest(); // fetch cannot tell how far an upload is
    this.#request = sending;
    sending.open('PATCH', this.#url);
    for (const [name, value] of Object.entries({ ...headers, 'Upload-Offset': String(from), 'Content-Type': 'application/offset+octet-stream' })) sending.setRequestHeader(name, value);
    sending.upload.addEventListener('progress', ({ loaded }) => this.#tell({ state: 'coming', sent: from + loaded }));
    sending.addEventListener('load', () => this.#answered(sending));
    sending.addEventListener('error', () => this.#later('The connection was lost.', () => void this.resume()));
    sending.send(this.#file.slice(from, from + piece_bytes));
    this.#tell({ state: 'coming', sent: from });
  }

  #answered(sending: XMLHttpRequest): void {
    const { status, responseText } = sending;
    const offset = sending.getResponseHeader('Upload-Offset');
    if (status === 204 && offset !== null) {
      this.#failures = 0;
      this.#sent = Number(offset);
      return this.#next();
    }
    let words = 'It was refused.';
    try {
      words = (JSON.parse(responseText) as { detail?: string }).detail ?? words;
    } catch {
      // Not one of our answers: a proxy's, say.
    }
    if (status === 507) {
      this.#paused = true;
      return this.#tell({ state: 'paused', sent: this.#sent, words: 'There is no space left on our side just now. What is here is kept; go on later.' });
    }
    if (status === 413 || status === 404 || status === 415) return this.#gone(words);
    this.#later(words, () => void this.resume());
  }

  #later(words: string, again: () => void): void {
    if (this.#paused) return;
    const wait_ms = tries_ms[Math.min(this.#failures, tries_ms.length - 1)] ?? 30_000;
    this.#failures += 1;
    this.#tell({ state: 'waiting', sent: this.#sent, words: `${words} It is tried again in ${wait_ms / 1000} s.` });
    this.#timer = window.setTimeout(again, wait_ms);
  }

  #gone(words: string): void {
    window.removeEventListener('online', this.#online);
    this.#tell({ state: 'gone', words });
  }
}
