// What the JSON Schema of the policy says about a place: which keys and values it takes, and what they are for.

export type Schema = Readonly<Record<string, unknown>>;

export interface SchemaWord {
  readonly word: string;
  /** What it is for, or what it takes. */
  readonly info: string;
}

/** Every form that a value at this path may have. */
export function schemasAt(root: Schema, path: readonly (string | 0)[]): readonly Schema[] {
  return path.reduce<readonly Schema[]>(
    (schemas, step) =>
      schemas.flatMap((schema) => {
        const inner = step === 0 ? schema['items'] : (partsOf(schema)[step] ?? schema['additionalProperties']);
        return formsOf(root, inner);
      }),
    formsOf(root, root),
  );
}

export function keysAt(root: Schema, path: readonly (string | 0)[]): readonly SchemaWord[] {
  const keys = schemasAt(root, path).flatMap((schema) =>
    Object.keys(partsOf(schema)).map((word) => ({ word, info: infoAt(root, [...path, word]) })),
  );
  return [...new Map(keys.map((key) => [key.word, key])).values()];
}

export function valuesAt(root: Schema, path: readonly (string | 0)[]): readonly SchemaWord[] {
  const info = path.length === 0 ? '' : infoAt(root, path);
  const values = schemasAt(root, path).flatMap((schema) => {
    if (Array.isArray(schema['enum'])) return schema['enum'].map(String);
    if ('const' in schema) return [String(schema['const'])];
    return schema['type'] === 'boolean' ? ['true', 'false'] : [];
  });
  return [...new Set(values)].map((word) => ({ word, info }));
}

/** Whether a value there is a map, a list of maps, or anything else, as it is mostly written. */
export function shapeAt(root: Schema, path: readonly (string | 0)[]): 'map' | 'maps' | 'other' {
  const isMap = (schema: Schema): boolean => Object.keys(partsOf(schema)).length > 0;
  const schemas = schemasAt(root, path);
  if (schemas.every(isMap) && schemas.length > 0) return 'map';
  const entries = schemasAt(root, [...path, 0]);
  return entries.every(isMap) && entries.length > 0 ? 'maps' : 'other';
}

/** One line; empty: nothing is known of it. */
export function infoAt(root: Schema, path: readonly (string | 0)[]): string {
  const parents = schemasAt(root, path.slice(0, -1));
  const last = path.at(-1) ?? 0;
  const own = parents.map((schema) => (last === 0 ? schema['items'] : partsOf(schema)[last])).filter(isSchema);
  const schemas = [...own, ...own.flatMap((schema) => formsOf(root, schema))];
  const described = schemas.map(({ description }) => description).find((text) => typeof text === 'string');
  const takes = [
    ...new Set(
      schemas.flatMap((schema) => {
        if (Array.isArray(schema['enum'])) return [schema['enum'].join(', ')];
        if ('const' in schema) return [String(schema['const'])];
        return typeof schema['type'] === 'string' ? [names[schema['type']] ?? schema['type']] : [];
      }),
    ),
  ].join(', or ');
  return [described, takes].filter((text) => typeof text === 'string' && text !== '').join(' · ');
}

const names: Readonly<Record<string, string>> = {
  object: 'a map',
  array: 'a list',
  string: 'a text',
  boolean: 'true or false',
  number: 'a number',
};

function partsOf(schema: Schema): Readonly<Record<string, unknown>> {
  const parts = schema['properties'];
  return isSchema(parts) ? parts : {};
}

/** Itself, what it refers to, and what it may be instead. */
function formsOf(root: Schema, schema: unknown, depth = 0): readonly Schema[] {
  if (!isSchema(schema) || depth > 8) return [];
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    const target = reference
      .replace(/^#\//, '')
      .split('/')
      .reduce<unknown>((at, step) => (isSchema(at) ? at[step] : undefined), root);
    return formsOf(root, target, depth + 1);
  }
  const others = schema['anyOf'] ?? schema['oneOf'];
  return Array.isArray(others) ? others.flatMap((each) => formsOf(root, each, depth + 1)) : [schema];
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
