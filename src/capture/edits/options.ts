// `options/*.xml` of JetBrains IDEs: <application> of <component name> of <option name value />. The IDE writes them anew in a
// fixed form, so this is no XML editor: what does not look like the IDE's own is left alone.

import type { OptionsEdit, TextFormat } from '../change.ts';
import { lineEnd } from './lines.ts';

export const optionsFormat: TextFormat<OptionsEdit> = {
  render(text, edit) {
    const ending = lineEnd(text);
    const whole = text.trim() === '' ? `<application>${ending}</application>${ending}` : text;
    let found = find(whole, edit.component);
    let result = whole;
    if (found === undefined) {
      const close = whole.lastIndexOf('</application>');
      if (close < 0) throw new TypeError('not a settings file');
      const component = `  <component name="${edit.component}">${ending}  </component>${ending}`;
      result = whole.slice(0, close) + component + whole.slice(close);
      found = find(result, edit.component);
    }
    if (found === undefined) throw new TypeError('no place for the component');
    let body = found.body;
    for (const [name, value] of Object.entries(edit.options)) {
      const line = `<option name="${name}" value="${escape(value)}" />`;
      const old = option(body, name);
      if (old !== undefined) body = body.slice(0, old.start) + line + body.slice(old.end);
      else if (value !== 'false') body = `${body.trimEnd()}${ending}    ${line}${ending}  `;
    }
    const open = `<component name="${edit.component}">`;
    result = `${result.slice(0, found.start)}${open}${body}</component>${result.slice(found.end)}`;
    if (!optionsFormat.holds(result, edit)) throw new TypeError('the value did not become ours');
    return result;
  },
  holds(text, { component, options }) {
    const body = find(text, component)?.body ?? '';
    // The IDE leaves out what has its default value.
    return Object.entries(options).every(([name, value]) => (option(body, name)?.value ?? 'false') === value);
  },
  withdraw(text, { component, options }, base) {
    const found = find(text, component);
    if (found === undefined) {
      if (/<component\b/.test(text) && text.includes(`"${component}"`)) throw new TypeError('not as an IDE writes it');
      return text;
    }
    const before = find(base, component)?.body ?? '';
    let body = found.body;
    for (const [name, value] of Object.entries(options)) {
      const now = option(body, name);
      if (now?.value !== value) continue;
      const old = option(before, name);
      if (old !== undefined) body = body.slice(0, now.start) + before.slice(old.start, old.end) + body.slice(now.end);
      else body = body.slice(0, now.start).replace(/[ \t]*$/, '') + body.slice(now.end).replace(/^[ \t]*\r?\n/, '');
    }
    if (body.trim() === '' && find(base, component) === undefined) {
      return text.slice(0, found.start).replace(/[ \t]*$/, '') + text.slice(found.end).replace(/^[ \t]*\r?\n/, '');
    }
    return `${text.slice(0, found.start)}<component name="${component}">${body}</component>${text.slice(found.end)}`;
  },
  describe: ({ component, options }) => `the options ${Object.keys(options).join(', ')} of the component ${component}`,
};

function find(text: string, component: string): { start: number; end: number; body: string } | undefined {
  // Comments are blanked, so that what stands in one is not taken for the component; positions stay.
  const bare = text.replace(/<!--[\s\S]*?-->/g, (comment) => ' '.repeat(comment.length));
  const match = new RegExp(`<component name="${component}"(?:\\s*/>|>([\\s\\S]*?)</component>)`).exec(bare);
  if (match === null) return undefined;
  const end = match.index + match[0].length;
  const open = text.indexOf('>', match.index) + 1;
  const body = match[1] === undefined ? lineEnd(text) + '  ' : text.slice(open, open + match[1].length);
  return { start: match.index, end, body };
}

function option(body: string, name: string): { start: number; end: number; value: string } | undefined {
  const match = new RegExp(`<option name="${name}" value="([^"<]*)"\\s*/>`).exec(body);
  if (match === null) return undefined;
  return { start: match.index, end: match.index + match[0].length, value: unescape(match[1] ?? '') };
}

function escape(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function unescape(value: string): string {
  return value.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&amp;', '&');
}
