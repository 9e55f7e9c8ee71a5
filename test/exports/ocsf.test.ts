// Against OCSF 1.7.0: test/fixtures/ocsf holds the facts of its class API Activity and of the objects below it.

import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ocsfEvent, ocsfVersion } from '../../src/exports/ocsf.ts';
import { anyExported, exchangeRecord, origin } from './records.ts';

interface Attribute {
  readonly requirement: 'required' | 'recommended' | 'optional';
  readonly type: string;
  readonly array?: true;
  readonly enum?: readonly number[];
}
interface Shape {
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly constraints?: { readonly at_least_one?: readonly string[] };
}
interface Schema {
  readonly version: string;
  readonly types: Readonly<
    Record<string, { base?: string; regex?: string; range?: [number, number]; max_len?: number }>
  >;
  readonly class: Shape;
  readonly objects: Readonly<Record<string, Shape>>;
}

const schema = JSON.parse(
  readFileSync(new URL('../fixtures/ocsf/api-activity-1.7.0.json', import.meta.url), 'utf8'),
) as Schema;

function problems(value: Record<string, unknown>, shape: Shape, path: string): string[] {
  const found: string[] = [];
  for (const [name, { requirement }] of Object.entries(shape.attributes))
    if (requirement === 'required' && value[name] === undefined) found.push(`${path}.${name} is required`);
  const oneOf = shape.constraints?.at_least_one;
  if (oneOf !== undefined && !oneOf.some((name) => value[name] !== undefined))
    found.push(`${path} has none of ${oneOf.join()}`);
  for (const [name, each] of Object.entries(value)) {
    const attribute = shape.attributes[name];
    const at = `${path}.${name}`;
    if (attribute === undefined) found.push(`${at} is unknown`);
    else if ((attribute.array === true) !== Array.isArray(each)) found.push(`${at}: list or not`);
    else
      for (const one of Array.isArray(each) ? (each as unknown[]) : [each])
        found.push(...valueProblems(one, attribute, at));
  }
  return found;
}

function valueProblems(value: unknown, attribute: Attribute, path: string): string[] {
  const { type } = attribute;
  if (type === 'object' || type === 'json_t') return value === null ? [`${path} is null`] : [];
  if (!type.endsWith('_t')) {
    const shape = schema.objects[type];
    if (shape === undefined) return [`${path}: ${type} is not in the fixture`];
    return typeof value === 'object' && value !== null
      ? problems(value as Record<string, unknown>, shape, path)
      : [`${path} is no object`];
  }
  const facts = schema.types[type] ?? {};
  const base = facts.base ?? type;
  const isNumber = base === 'integer_t' || base === 'long_t' || base === 'timestamp_t';
  const fits = isNumber ? Number.isSafeInteger(value) : typeof value === (base === 'boolean_t' ? 'boolean' : 'string');
  if (!fits) return [`${path}: ${JSON.stringify(value)} is no ${type}`];
  if (attribute.enum !== undefined && !attribute.enum.includes(value as number))
    return [`${path}: ${String(value)} is not defined`];
  if (facts.regex !== undefined && !new RegExp(facts.regex).test(String(value)))
    return [`${path} does not look like ${type}`];
  const [low, high] = facts.range ?? [-Infinity, Infinity];
  return isNumber && ((value as number) < low || (value as number) > high) ? [`${path} is out of range`] : [];
}

const validate = (event: object): string[] => problems(event as Record<string, unknown>, schema.class, 'event');

test('any exchange is a valid event of the class', () => {
  expect(schema.version).toBe(ocsfVersion);
  fc.assert(
    fc.property(anyExported(), (exchange) => {
      const event = JSON.parse(JSON.stringify(ocsfEvent(exchange, origin))) as Record<string, number>;
      expect(validate(event)).toEqual([]);
      // "type_uid: class_uid * 100 + activity_id"
      expect(event['type_uid']).toBe(event['class_uid']! * 100 + event['activity_id']!);
    }),
  );
});

test('the validator sees what is wrong', () => {
  const event = ocsfEvent({ record: exchangeRecord(), proof: null }, origin) as Record<string, unknown>;
  expect(validate({ ...event, metadata: { version: 1 } })).toEqual([
    'event.metadata.product is required',
    'event.metadata.version: 1 is no string_t',
  ]);
  expect(new Set(validate({ ...event, severity_id: 7, what: 1, actor: {} }))).toEqual(
    new Set([
      'event.severity_id: 7 is not defined',
      'event.actor has none of process,user,invoked_by,session,app_name,app_uid',
      'event.what is unknown',
    ]),
  );
});

test('an event says who did what, and how it went', () => {
  expect(ocsfEvent({ record: exchangeRecord(), proof: null }, origin)).toMatchObject({
    class_uid: 6003,
    type_uid: 600_301,
    time: 1_790_000_000_000,
    duration: 900,
    severity_id: 4,
    status_id: 1,
    action_id: 2,
    disposition_id: 2,
    metadata: { uid: 'x1', correlation_uid: 's1', profiles: ['security_control'] },
    actor: { app_name: 'OpenAI/JS 6.49.0', process: { name: 'claude', pid: 321 }, user: { name: 'ada' } },
    api: { operation: 'POST /v1/chat/completions', response: { code: 200 } },
    src_endpoint: { hostname: 'laptop-7' },
    dst_endpoint: { hostname: 'api.openai.com', port: 443 },
    http_response: { code: 200, latency: 13 },
    unmapped: { model: 'gpt-5', verdicts: [{ verdict: 'denied', note: 'not now', waited: 4_000 }] },
  });
});
