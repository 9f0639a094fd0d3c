/** The bytes of a file as text: capped, valid UTF-8, without byte order mark or control characters. */
import { failed, ok, type Result } from '../result.ts';
import { type FileError, fileError } from './file-error.ts';
import { lineMap, startOfFile } from './line-map.ts';

export const maxFileBytes = 256 * 1024;

/** What a file's content may be handed over as. */
export type Source = string | Uint8Array;

const byteOrderMark = '\uFEFF';

// Everything that YAML calls not printable, lone surrogates included, and a byte order mark inside the text.
const unprintable =
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u0084\u0086-\u009F\uFFFE\uFFFF\uFEFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

const codePoint = (char: string): string => `U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;

const isUtf16 = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);

/** Decodes leniently, and compares: the first difference is the first byte that is not UTF-8. */
const decode = (bytes: Uint8Array, file: string): Result<string, FileError> => {
  if (isUtf16(bytes)) return failed(fileError(file, startOfFile, 'the file is UTF-16; save it as UTF-8'));
  try {
    return ok(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    const at = lineMap(text)(Math.max(0, text.indexOf('\uFFFD')));
    return failed(fileError(file, at, 'the bytes here are not valid UTF-8; save the file as UTF-8'));
  }
};

/** The text without its byte order mark, or the first thing about it that no file of ours may hold. */
export const sourceText = (source: Source, file: string): Result<string, FileError> => {
  const bytes = typeof source === 'string' ? Buffer.byteLength(source) : source.byteLength;
  if (bytes > maxFileBytes) {
    const message = `the file has ${Math.ceil(bytes / 1024)} KiB or more; at most ${maxFileBytes / 1024} KiB are read`;
    return failed(fileError(file, startOfFile, message));
  }
  const decoded = typeof source === 'string' ? ok(source) : decode(source, file);
  if (!decoded.ok) return decoded;
  const text = decoded.value.startsWith(byteOrderMark) ? decoded.value.slice(1) : decoded.value;
  const bad = unprintable.exec(text);
  if (bad === null) return ok(text);
  const at = lineMap(text)(bad.index);
  return failed(
    fileError(file, at, `the character ${codePoint(bad[0])} is not allowed; write it as an escape in quotes`),
  );
};
