const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const dayTime = new Intl.DateTimeFormat('en-GB', { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

export const clock = (at: Date): string => time.format(at);

export const dayAndClock = (at: Date): string => (at.toDateString() === new Date().toDateString() ? clock(at) : dayTime.format(at).replace(',', ''));

export function bytes(size: number): string {
  if (size < 1_000) return `${size} B`;
  if (size < 1_000_000) return `${Math.round(size / 1_000)} KB`;
  if (size >= 1_000_000_000) return `${Math.floor(size / 100_000_000) / 10} GB`;
  return `${(size / 1_000_000).toFixed(size < 10_000_000 ? 1 : 0)} MB`;
}
