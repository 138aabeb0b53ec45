// A relay that takes all mail and forgets none: what the desk sent can be read at `GET /` of its second port.
import { createServer as createHttp } from 'node:http';
import { createServer, type Server } from 'node:net';
import { ports } from './desk';

export const inboxUrl = `http://localhost:${ports.smtp + 1}/`;

export function startRelay(): { stop: () => void } {
  const mails: string[] = [];
  const smtp: Server = createServer((socket) => {
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
  const http = createHttp((_, answer) => answer.setHeader('Content-Type', 'application/json').end(JSON.stringify(mails))).listen(ports.smtp + 1);
  return { stop: () => [smtp, http].forEach((server) => server.close()) };
}

/** Everything that the desk has sent so far, decoded enough to look for words. */
export async function sentMail(): Promise<string[]> {
  const mails = (await (await fetch(inboxUrl)).json()) as string[];
  return mails.map((mail) => mail.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))));
}
