// A relay that takes all mail and forgets none.
import { createServer } from 'node:net';
import { ports } from './desk';

const mails: string[] = [];

export function startRelay(): { stop: () => void } {
  const smtp = createServer((socket) => {
    let data: string | undefined;
    let rest = '';
    socket.write('220 relay.example\r\n');
    socket.on('error', () => undefined);
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      rest += chunk;
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (data !== undefined && line !== '.') data += `${line}\r\n`;
        else if (data !== undefined) {
          mails.push(data);
          data = undefined;
          socket.write('250 taken\r\n');
        } else if (/^DATA/i.test(line)) {
          data = '';
          socket.write('354 go on\r\n');
        } else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n');
        else socket.write(/^EHLO/i.test(line) ? '250-relay.example\r\n250 8BITMIME\r\n' : '250 fine\r\n');
      }
    });
  }).listen(ports.smtp, '127.0.0.1');
  return { stop: () => void smtp.close() };
}

/** Everything that the desk has sent so far, decoded enough to look for words. */
export function sentMail(): string[] {
  return mails.map((mail) => mail.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))));
}
