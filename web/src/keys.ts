// Every key of the desk: key → target → words. A target is a link or a button marked `data-key="<target>"`; where a page
// has none, the key does nothing. `?` lists the ones that the page in front of you has.
import { eventToHotkeyString } from '@github/hotkey';
import { pressable, typing } from './dom';

export interface Key {
  keys: string[];
  target: string;
  words: string;
  group: 'Anywhere' | 'List' | 'Case' | 'Writing' | 'Go to';
}

const key = (group: Key['group'], keys: string, target: string, words: string): Key => ({ group, keys: keys.split('|'), target, words });

export const table: Key[] = [
  key('Anywhere', 'Control+k|Meta+k|/', 'find', 'Find anything'),
  key('Anywhere', '?|Shift+?', 'keys', 'All keys'),
  key('Anywhere', 'c', 'new-case', 'New case'),
  key('Anywhere', 'o', 'new-call', 'Log a call'),
  key('Anywhere', 'z', 'undo', 'Undo (send, solve, assign, merge)'),
  key('Anywhere', 'd', 'theme', 'Light or dark'),
  key('List', 'j', 'next-case', 'Next case'),
  key('List', 'k', 'previous-case', 'Previous case'),
  key('List', 'x', 'pick', 'Select the case for a joint action'),
  key('List', 'Shift+X|X', 'pick-all', 'Select all that are shown'),
  key('List', 'f', 'filter', 'Filter'),
  key('Case', 'n', 'next-entry', 'Next entry'),
  key('Case', 'p', 'previous-entry', 'Previous entry'),
  key('Case', 'u', 'first-new', 'First new entry'),
  key('Case', ']', 'panel', 'Side panel'),
  key('Case', 'a', 'assign', 'Assign'),
  key('Case', 'Shift+A|A', 'assign-me', 'Assign to me'),
  key('Case', 'w', 'wait', 'Wait on'),
  key('Case', 's', 'solve', 'Solve'),
  key('Case', 'Shift+C|C', 'close', 'Close now'),
  key('Case', 'Shift+O|O', 'reopen', 'Reopen'),
  key('Case', 'Shift+P|P', 'priority', 'Priority'),
  key('Case', 'Shift+K|K', 'kind', 'Kind'),
  key('Case', 'Shift+T|T', 'team', 'Team'),
  key('Case', 't', 'tag', 'Tags'),
  key('Case', 'Shift+E|E', 'subject', 'Change the subject'),
  key('Case', 'Shift+W|W', 'watch', 'Watch, or stop watching'),
  key('Case', 'Shift+M|M', 'merge', 'Merge into another case'),
  key('Case', 'b', 'split', 'Split messages into a case of their own'),
  key('Case', 'Shift+L|L', 'link', 'Link to another case'),
  key('Case', 'h', 'hand-over', 'Hand over'),
  key('Case', 'q', 'quote', 'Draft a quote'),
  key('Case', 'y', 'copy', 'Copy the number'),
  key('Writing', 'r', 'reply', 'Reply'),
  key('Writing', 'i', 'note', 'Internal note'),
  key('Writing', 'Control+Enter|Meta+Enter', 'send', 'Send'),
  key('Writing', 'Control+Shift+Enter|Meta+Shift+Enter', 'send-later', 'Send later'),
  key('Writing', 'Control+;|Meta+;', 'template', 'Template'),
  key('Go to', 'g i', 'go-mine', 'Mine'),
  key('Go to', 'g u', 'go-unassigned', 'Unassigned'),
  key('Go to', 'g d', 'go-due', 'Due soon'),
  key('Go to', 'g a', 'go-open', 'All open'),
  key('Go to', 'g w', 'go-watched', 'Watched'),
  key('Go to', 'g o', 'go-organisations', 'Organisations'),
  key('Go to', 'g t', 'go-quotes', 'Quotes'),
  key('Go to', 'g q', 'go-quarantine', 'Quarantine'),
  key('Go to', 'g p', 'go-phone', 'Phone'),
  key('Go to', 'g s', 'go-settings', 'Settings'),
];

const sequence_ms = 1_200;
let begun = '';
let begunAt_ms = 0;

/** The first visible element that a key would press. A dialog in front hides what is behind it. */
export function targetOf(name: string): HTMLElement | undefined {
  const front = [...document.querySelectorAll<HTMLDialogElement>('dialog[open]')].pop();
  const scope: ParentNode = front ?? document;
  const named = [...scope.querySelectorAll<HTMLElement>(`[data-key~="${name}"]`)];
  return named.find((node) => node.checkVisibility()) ?? named.find(pressable);
}

/** The case that was chosen is not there yet: a key means that one, and waits for it. */
const coming = 'case-list[data-opening], turbo-frame#case[busy]';
let waits: string | undefined;

export function startKeys(): void {
  document.addEventListener('keydown', press);
  document.addEventListener('turbo:frame-load', came);
  for (const type of ['turbo:fetch-request-error', 'list:stays', 'pointerdown']) document.addEventListener(type, () => (waits = undefined));
}

function came(event: Event): void {
  if ((event.target as Element).id !== 'case') return;
  const name = waits;
  waits = undefined;
  if (name) window.setTimeout(() => push(targetOf(name)));
}

function press(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.repeat && !/^[jknp]$/.test(event.key)) return;
  const stroke = eventToHotkeyString(event);
  if (stroke === 'Escape' && typing(event.target)) return leaveField(event.target as HTMLElement);
  if (typing(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) return;
  const fresh = event.timeStamp - begunAt_ms < sequence_ms;
  const full = fresh && begun ? `${begun} ${stroke}` : stroke;
  const found = find(full) ?? find(stroke);
  begun = !found && table.some(({ keys }) => keys.some((k) => k.startsWith(`${stroke} `))) ? stroke : '';
  begunAt_ms = event.timeStamp;
  if (!found) return;
  event.preventDefault();
  if (['Case', 'Writing'].includes(found.group) && document.querySelector(coming)) waits ??= found.target;
  else push(targetOf(found.target));
}

function push(node: HTMLElement | undefined): void {
  if (node?.matches('input, textarea, select') && !node.matches('[type=checkbox]')) node.focus();
  else node?.click();
}

/** Out of a text and back to the keys, unless something in front of it is to be closed first. */
function leaveField(field: HTMLElement): void {
  if (!document.querySelector('dialog[open], :popover-open')) field.blur();
}

/** The key that is pressed, where the page has a target for it. */
function find(stroke: string): Key | undefined {
  const hit = table.find(({ keys }) => keys.includes(stroke));
  return hit && targetOf(hit.target) && hit;
}

/** How a key is written for people: `Control+Enter` → `Ctrl ↵`. */
export function written(keys: string): string {
  const names: Record<string, string> = { Control: 'Ctrl', Enter: '↵', ' ': 'then' };
  return keys.split(/(\+| )/).map((part) => (part === '+' ? ' ' : part === ' ' ? ' then ' : names[part] ?? (part.length === 1 ? part.toUpperCase() : part))).join('');
}
