// One socket per tab. The server says *that* something changed, never *what*; the page then asks for that fragment.
import { refetchVisible, showPresence, takeAlarm, takeAlarms, takeCall, takeCase, takeCounts, takeNotice, type Agent } from './live-apply';
import { offline, online } from './offline';

type Message =
  | { kind: 'hello'; event: number }
  | { kind: 'presence'; case: number; agents: Agent[] }
  | { kind: 'counts' | 'alarm' | 'call' | 'many' | 'notice' | 'seen'; event?: number }
  | { kind: string; event: number; case: number };

const first_wait_ms = 500;
const longest_wait_ms = 30_000;
const idle_after_ms = 180_000;
const many_wait_ms = 3_000; // such notices come in rows
const typing_every_ms = 4_000;
const silence_ms = 20_000; // the desk says something every 5 s

let socket: WebSocket | undefined;
let tries = 0;
let lastEvent = 0;
let page: HTMLElement | undefined; // the body that is shown: a frame may be loaded as a page is, and leaves it
const asked = new WeakMap<EventTarget, number>(); // what was known of when a frame was asked for
let looking: number | undefined;
let typingSaid_ms = -Infinity;
let idleTimer: number | undefined;
let idle = false;
let silence: number | undefined;

export function startLive(): void {
  if (!meta()) return;
  lastEvent = Number(meta()?.dataset['event']);
  connect();
  document.addEventListener('turbo:before-fetch-request', ({ target }) => isFrame(target) && asked.set(target, lastEvent));
  document.addEventListener('turbo:load', arrived);
  document.addEventListener('turbo:frame-load', shown);
  document.addEventListener('visibilitychange', () => (document.hidden ? sayIdle() : wake()));
  for (const type of ['pointerdown', 'keydown']) document.addEventListener(type, wake, { passive: true });
  window.addEventListener('online', () => socket ?? connect());
  document.addEventListener('draft:typing', (event) => sayTyping((event as CustomEvent<number>).detail));
}

/** A whole page came: its rail and its alarms are asked for apart, so that no page waits for a count. */
function arrived(): void {
  sayLooking();
  if (document.body !== page && Number(meta()?.dataset['event']) < lastEvent) refetchVisible(); // it happened while the page was on its way
  page = document.body;
  takeCounts(0);
  takeAlarms();
}

/** What happened while a frame was on its way was told to what was there before. */
function shown({ target }: { target: EventTarget | null }): void {
  sayLooking();
  if (!isFrame(target)) return;
  const known = asked.get(target) ?? lastEvent;
  asked.delete(target);
  if (known < lastEvent) refetchVisible();
}

function isFrame(target: EventTarget | null): target is Element {
  return target instanceof Element && target.matches('turbo-frame');
}

function meta(): HTMLMetaElement | null {
  return document.querySelector('meta[name="live"]');
}

function connect(): void {
  const url = meta()?.content;
  if (!url) return;
  const here = new URL(url, location.href);
  here.protocol = here.protocol.replace('http', 'ws');
  const line = new WebSocket(here);
  line.addEventListener('message', ({ data }) => line === socket && receive(String(data)));
  line.addEventListener('close', () => line === socket && lost());
  socket = line;
  heard();
}

/** A line that is cut somewhere on its way says nothing of it: so many seconds of silence end it. */
function heard(): void {
  window.clearTimeout(silence);
  silence = window.setTimeout(() => {
    socket?.close();
    lost();
  }, silence_ms);
}

function lost(): void {
  socket = undefined;
  window.clearTimeout(silence);
  document.documentElement.removeAttribute('data-live');
  tries += 1;
  const wait_ms = Math.min(longest_wait_ms, first_wait_ms * 2 ** Math.min(tries, 8));
  const jittered_ms = wait_ms / 2 + Math.random() * (wait_ms / 2); // so that 200 consoles do not come back as one
  if (tries > 1) offline();
  window.setTimeout(() => socket ?? connect(), jittered_ms);
}

function receive(lines: string): void {
  heard();
  for (const line of lines.split('\n')) if (line.trim()) take(JSON.parse(line) as Message);
}

function take(message: Message): void {
  switch (message.kind) {
    case 'hello':
      return welcome((message as { event: number }).event);
    case 'presence':
      return showPresence((message as { case: number }).case, (message as { agents: Agent[] }).agents);
    case 'counts':
      takeAlarms();
      return takeCounts();
    case 'alarm':
      return takeAlarms();
    case 'call':
      return takeCall();
    case 'notice':
      takeNotice();
      return takeCounts();
    case 'seen':
      return takeCounts(0); // they have read a case, here or on another page
    case 'many':
      lastEvent = Math.max(lastEvent, (message as { event: number }).event);
      return refetchVisible(many_wait_ms);
    default: {
      const { event, case: number } = message as { event: number; case: number };
      if (event) lastEvent = Math.max(lastEvent, event);
      if (number) takeCase(number);
      if (number && /^promise_/.test(message.kind)) takeAlarm(number);
      takeCounts();
    }
  }
}

/** A server that is further on than this page, or than we were when the line broke, has told others: read it again. */
function welcome(event: number): void {
  const missed = event !== lastEvent;
  if (tries > 0) online(missed);
  tries = 0;
  lastEvent = event;
  looking = undefined;
  if (idle) say({ idle });
  else sayLooking();
  document.documentElement.toggleAttribute('data-live', true);
  if (!missed) return;
  refetchVisible();
  takeAlarms();
}

function say(message: object): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

function sayLooking(): void {
  const shown = document.querySelector<HTMLElement>('[data-looking-at]')?.dataset['lookingAt'];
  const number = shown ? Number(shown) : undefined;
  if (number === looking || document.hidden) return;
  looking = number;
  say({ look: number ?? null });
}

function sayTyping(number: number): void {
  const now_ms = performance.now();
  if (now_ms - typingSaid_ms < typing_every_ms) return;
  typingSaid_ms = now_ms;
  say({ typing: number });
}

function sayIdle(): void {
  if (idle) return;
  idle = true;
  looking = undefined;
  say({ idle: true });
}

function wake(): void {
  window.clearTimeout(idleTimer);
  idleTimer = window.setTimeout(sayIdle, idle_after_ms);
  if (!idle) return;
  idle = false;
  say({ look: null }); // also where no case is shown: somebody is here again
  sayLooking();
}
