// A draft is on the server as it is typed; until the server has said so, it is also on this computer.
import { debounce, request } from './dom';

export type Kind = 'reply' | 'note';

export interface Draft {
  kind: Kind;
  body: string;
  to: string[];
  cc: string[];
  bcc: string[];
  attachments: string[];
  /** The newest entry that the writer has seen: what the stop at send compares with. */
  seen: number;
}

/** What the fields of a composer hold now. */
export function gathered(form: HTMLFormElement, kind: Kind, body: string): Draft {
  const fields = new FormData(form);
  const all = (name: string) => fields.getAll(name).map(String);
  return { kind, body, to: all('to'), cc: all('cc'), bcc: all('bcc'), attachments: all('attachment'), seen: Number(fields.get('seen') ?? 0) };
}

export type Saved = { state: 'saving' } | { state: 'kept'; at: Date } | { state: 'here' };

const wait_ms = 500;
const retry_ms = 5_000;
const keepalive_limit = 60_000; // browsers refuse more than 64 KB in a request that outlives its page

export class DraftKeeper {
  #url: string;
  #tell: (saved: Saved) => void;
  #waiting: Draft | undefined;
  #sent: string | undefined;
  #inFlight = false;
  #soon = debounce(wait_ms, () => void this.flush());

  constructor(url: string, tell: (saved: Saved) => void) {
    this.#url = url;
    this.#tell = tell;
  }

  /** The text that this computer holds and the server has not confirmed, if any. */
  unsent(kind: Kind): Draft | undefined {
    const kept = read(this.#key(kind));
    return kept?.kind === kind ? kept : undefined;
  }

  change(draft: Draft): void {
    const text = JSON.stringify(draft);
    if (text === this.#sent) return;
    this.#waiting = draft;
    write(this.#key(draft.kind), text);
    this.#tell({ state: 'saving' });
    this.#soon();
  }

  async flush(): Promise<void> {
    const draft = this.#waiting;
    if (!draft || this.#inFlight) return;
    this.#inFlight = true;
    this.#waiting = undefined;
    const body = JSON.stringify(draft);
    const answer = await this.#put(body).catch(() => undefined);
    this.#inFlight = false;
    if (answer?.ok) {
      this.#sent = body;
      if (read(this.#key(draft.kind), body)) forget(this.#key(draft.kind));
      this.#tell({ state: 'kept', at: new Date() });
      if (this.#waiting) void this.flush();
    } else {
      this.#waiting ??= draft;
      this.#tell({ state: 'here' });
      window.setTimeout(() => void this.flush(), retry_ms);
    }
  }

  /** The page goes away: one last request that survives it. The copy on this computer stays until the server answers. */
  leave(): void {
    this.#soon.cancel();
    const draft = this.#waiting;
    if (!draft) return;
    const body = JSON.stringify(draft);
    if (body.length < keepalive_limit) void this.#put(body, true).then((answer) => answer.ok && read(this.#key(draft.kind), body) && forget(this.#key(draft.kind)), () => undefined);
  }

  /** It was sent or thrown away: nothing to keep. */
  done(kind: Kind): void {
    this.#soon.cancel();
    this.#waiting = undefined;
    this.#sent = undefined;
    forget(this.#key(kind));
  }

  #put(body: string, keepalive = false): Promise<Response> {
    return request(this.#url, { method: 'PUT', body, keepalive, headers: { 'Content-Type': 'application/json' }, accept: 'application/json' });
  }

  #key(kind: Kind): string {
    return `draft:${this.#url}:${kind}`;
  }
}

function read(key: string, same?: string): Draft | undefined {
  try {
    const text = localStorage.getItem(key);
    return text && (same === undefined || same === text) ? (JSON.parse(text) as Draft) : undefined;
  } catch {
    return undefined;
  }
}

function write(key: string, text: string): void {
  try {
    localStorage.setItem(key, text);
  } catch {
    // Full or forbidden: the server's copy is then the only one.
  }
}

function forget(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // As above.
  }
}
