// HTTP Archive 1.2 (http://www.softwareishard.com/blog/har-12-spec/), for the tools that draw waterfalls. The log keeps the
// headers of its allow list, and of a response the masked text of its channels: the archive says so in comments.

import type { ExchangeRecord, RecordedHeader } from '../contract/records.ts';
import { isoTime, urlOf, type ExportedExchange, type Origin } from './exported.ts';

export function harHead({ version }: Origin): string {
  const creator = JSON.stringify({ name: 'Scrim', version });
  return `{"log":{"version":"1.2","creator":${creator},"comment":"Every text is masked.","entries":[\n`;
}

export const harTail = '\n]}}\n';

export function harEntry(exchange: ExportedExchange): string {
  return JSON.stringify(toEntry(exchange));
}

function toEntry({ record, proof }: ExportedExchange): object {
  const { closed, request } = record;
  const total = closed === null ? 0 : Math.max(0, closed.endedAt - record.startedAt);
  const wait = Math.min(total, closed?.headAfter ?? total);
  return {
    startedDateTime: isoTime(record.startedAt),
    time: total,
    request: {
      method: record.method,
      url: urlOf(record),
      httpVersion: `HTTP/${record.httpVersion}`,
      cookies: [],
      headers: (record.headers ?? [{ name: 'user-agent', value: record.client }]).map(nameAndValue),
      queryString: [...new URLSearchParams(urlOf(record).split('?')[1] ?? '')].map(([name, value]) => ({
        name,
        value,
      })),
      ...(request?.body == null
        ? {}
        : {
            postData: {
              mimeType: looksLikeJson(request.body) ? 'application/json' : 'text/plain',
              text: request.body,
              comment: request.truncated ? 'Masked, and cut.' : 'Masked.',
            },
          }),
      headersSize: -1,
      bodySize: request?.bytes ?? -1,
    },
    response: {
      status: closed?.status ?? 0,
      statusText: '',
      httpVersion: `HTTP/${record.httpVersion}`,
      cookies: [],
      headers: (closed?.headers ?? []).map(nameAndValue),
      content: {
        size: closed?.responseBytes ?? 0,
        mimeType: 'text/plain; charset=utf-8',
        text: responseText(record),
        comment: 'The masked texts of the answer, not its bytes.',
      },
      redirectURL: '',
      headersSize: -1,
      bodySize: closed?.responseBytes ?? -1,
      ...(closed?.failure == null ? {} : { comment: `${closed.failure}: ${closed.reason ?? ''}` }),
    },
    cache: {},
    timings: { blocked: -1, dns: -1, connect: -1, ssl: -1, send: 0, wait, receive: total - wait },
    // Names of our own begin with an underscore, as the format wants.
    _scrim: {
      exchange: record.id,
      session: record.session,
      state: record.state,
      dialect: record.dialect,
      model: request?.model ?? null,
      usage: closed?.usage ?? null,
      identity: record.identity,
      findings: record.findings,
      verdicts: record.verdicts,
      proof,
    },
  };
}

function responseText({ channels }: ExchangeRecord): string {
  const [only] = channels;
  if (only !== undefined && channels.length === 1) return only.text;
  return channels.map(({ channel, text }) => `[${channel}]\n${text}`).join('\n\n');
}

function looksLikeJson(body: string): boolean {
  return /^\s*[{[]/.test(body);
}

function nameAndValue({ name, value }: RecordedHeader): RecordedHeader {
  return { name, value };
}
