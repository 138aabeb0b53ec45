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

/** A draft of the server's, which another device has kept. */
export interface Other extends Omit<Draft, 'attachments' | 'seen'> {
  version: number;
  at: string;
}

/** On this computer a draft knows the server's version that it goes on from. */
type Local = Draft & { version: number };

export type Saved = { state: 'saving' } | { state: 'kept'; at: Date } | { state: 'here' } | { state: 'other'; other: Other };

const wait_ms = 500;
const retry_ms = 5_000;
const keepalive_limit = 60_000; // browsers refuse more than 64 KB in a request that outlives its page

export class DraftKeeper {
  #url: string;
  #tell: (saved: Saved) => void;
  #waiting: Draft | undefined;
  #sent: string | undefined;
  #inFlight: Promise<Response | undefined> | undefined;
  #sending = false;
  #version: Record<Kind, number> = { reply: 0, note: 0 };
  /** Words that this page has sent or was shown: where the server holds these, nobody's are written over. */
  #own = new Set<string>();
  #undecided = new Set<Kind>();
  #soon = debounce(wait_ms, () => void this.flush());

  constructor(url: string, tell: (saved: Saved) => void) {
    this.#url = url;
    this.#tell = tell;
  }

  /** This version of the server's is on the screen, or its reader has chosen: from here on it may be written over. */
  saw(kind: Kind, version: number, body = ''): void {
    this.#version[kind] = version;
    this.#own.add(body);
    this.#sent = undefined;
    this.#undecided.delete(kind);
  }

  /** Until its reader has chosen, the server's draft stays as it is, and what is typed stays on this computer. */
  hold(kind: Kind): void {
    this.#undecided.add(kind);
  }

  /** The text that this computer holds and the server has not confirmed, if any. */
  unsent(kind: Kind): Local | undefined {
    const kept = read(this.#key(kind));
    if (kept?.kind !== kind) return undefined;
    this.#own.add(kept.body);
    return kept;
  }

  change(draft: Draft): void {
    if (JSON.stringify(draft) === this.#sent && !this.#inFlight) return this.#asKept(draft.kind);
    write(this.#key(draft.kind), this.#versioned(draft));
    if (this.#undecided.has(draft.kind)) return;
    this.#waiting = draft;
    this.#tell({ state: 'saving' });
    this.#soon();
  }

  /** What was changed is as the server has it again. */
  #asKept(kind: Kind): void {
    if (this.#waiting?.kind === kind) this.#waiting = undefined;
    forget(this.#key(kind));
  }

  async flush(): Promise<void> {
    const draft = this.#waiting;
    if (!draft || this.#inFlight || this.#sending) return;
    this.#waiting = undefined;
    this.#inFlight = this.#put(draft).catch(() => undefined);
    const answer = await this.#inFlight;
    const said = answer?.ok || answer?.status === 409 ? ((await answer.json().catch(() => undefined)) as Other | undefined) : undefined;
    this.#inFlight = undefined;
    if (this.#sending) return void (this.#waiting ??= answer?.ok ? undefined : draft);
    if (answer?.ok && said) this.#kept(draft, said.version);
    else if (answer?.status === 409 && said?.version) this.#clash(draft, said);
    else {
      this.#waiting ??= draft;
      this.#tell({ state: 'here' });
      window.setTimeout(() => void this.flush(), retry_ms);
    }
  }

  #kept(draft: Draft, version: number): void {
    this.#version[draft.kind] = version;
    this.#sent = JSON.stringify(draft);
    this.#own = new Set([draft.body]);
    this.#forget(draft);
    this.#tell({ state: 'kept', at: new Date() });
    if (this.#waiting) void this.flush();
  }

  #clash(draft: Draft, other: Other): void {
    this.#waiting ??= draft;
    if (this.#own.has(other.body)) {
      this.#version[draft.kind] = other.version;
      return void this.flush();
    }
    if (this.#waiting.kind === draft.kind) this.#waiting = undefined;
    this.hold(draft.kind);
    this.#tell({ state: 'other', other });
    if (this.#waiting) void this.flush();
  }

  /** The text is being sent: nothing is kept until the outcome is known. What is on its way already is waited for. */
  settle(): Promise<unknown> | undefined {
    this.#soon.cancel();
    this.#sending = true;
    return this.#inFlight;
  }

  /** It was not sent. */
  goOn(draft: Draft): void {
    this.#sending = false;
    this.#sent = undefined;
    this.change(draft);
  }

  /** The page goes away: one last request that survives it. The copy on this computer stays until the server answers. */
  leave(): void {
    this.#soon.cancel();
    const draft = this.#waiting;
    if (!draft || this.#sending) return;
    if (JSON.stringify(draft).length < keepalive_limit) void this.#put(draft, true).then((answer) => answer.ok && this.#forget(draft), () => undefined);
  }

  /** It was sent or thrown away: nothing to keep. */
  done(kind: Kind): void {
    this.#soon.cancel();
    this.#sending = false;
    if (this.#waiting?.kind === kind) this.#waiting = undefined;
    if (this.#waiting) this.#soon();
    this.#sent = undefined;
    this.#undecided.delete(kind);
    forget(this.#key(kind));
  }

  #put(draft: Draft, keepalive = false): Promise<Response> {
    this.#own.add(draft.body);
    return request(this.#url, { method: 'PUT', body: this.#versioned(draft), keepalive, headers: { 'Content-Type': 'application/json' }, accept: 'application/json' });
  }

  #versioned(draft: Draft): string {
    return JSON.stringify({ ...draft, version: this.#version[draft.kind] } satisfies Local);
  }

  /** The server has it: the copy here goes, unless more was typed since. */
  #forget(draft: Draft): void {
    const { version: _, ...here } = read(this.#key(draft.kind)) ?? { version: 0 };
    if (JSON.stringify(here) === JSON.stringify(draft)) forget(this.#key(draft.kind));
  }

  /** Another agent at the same browser has drafts of their own. */
  #key(kind: Kind): string {
    const agent = document.querySelector<HTMLMetaElement>('meta[name="agent"]')?.content ?? '';
    return `draft:${agent}:${this.#url}:${kind}`;
  }
}

function read(key: string): Local | undefined {
  try {
    const text = localStorage.getItem(key);
    return text ? (JSON.parse(text) as Local) : undefined;
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
