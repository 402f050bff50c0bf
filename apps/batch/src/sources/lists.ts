// Lists of inputs: a path a line, JSON lines, or CSV with a header.
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { WeftError } from '@weft/core'
import { readError } from '../digest.ts'

/** A line of a list: a path, and the id that the item shall have. */
export interface Listed {
  readonly path: string
  readonly id: string | undefined
}

/** Standard input, or the file of `@list.txt`. Empty lines are skipped; a line that begins with `{` is JSON with a `path`. */
export async function readList(name: '-' | string): Promise<Listed[]> {
  const content = name === '-' ? await text(process.stdin) : await contentOf(name)
  const lines = content.split(/\r?\n/)
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return []
    return line.startsWith('{') ? [fromJson(line, name, index + 1)] : [{ path: line, id: undefined }]
  })
}

/** A `.csv` with a header that names a column `path` and maybe `id`, or a `.jsonl` of objects with these. */
export async function readManifest(name: string): Promise<Listed[]> {
  const content = await contentOf(name)
  if (!/\.csv$/i.test(name)) {
    const lines = content.split(/\r?\n/)
    return lines.flatMap((line, index) => (line.trim() === '' ? [] : [fromJson(line, name, index + 1)]))
  }
  const [header = [], ...rows] = parseCsv(content, name)
  const [path, id] = [header.indexOf('path'), header.indexOf('id')]
  if (path < 0) throw refuse(name, 1, `its header has no column path; it has ${header.join(', ') || 'none'}`)
  return rows.map((row, index) => {
    if (row.length !== header.length)
      throw refuse(name, index + 2, `it has ${row.length} fields where ${header.length} are named`)
    return { path: row[path], id: id < 0 ? undefined : row[id] }
  })
}

const MAX_BYTES = 2 ** 28

async function contentOf(name: string): Promise<string> {
  const bytes = await readFile(name).catch((cause: unknown) => {
    throw readError(name, cause)
  })
  if (bytes.length > MAX_BYTES)
    throw new WeftError('TOO_LARGE', `${name} has ${bytes.length} bytes; a list has ${MAX_BYTES} at most`)
  return bytes.toString('utf8').replace(/^\ufeff/, '')
}

function fromJson(line: string, name: string, number: number): Listed {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw refuse(name, number, 'it is not JSON')
  }
  const { path, id } = (value ?? {}) as Record<string, unknown>
  if (typeof path !== 'string' || path === '') throw refuse(name, number, 'it has no text "path"')
  if (id !== undefined && typeof id !== 'string' && typeof id !== 'number') throw refuse(name, number, '"id" is no text')
  return { path, id: id === undefined ? undefined : String(id) }
}

/** RFC 4180: fields in quotes may hold commas, line ends and doubled quotes. */
export function parseCsv(content: string, name: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  const token = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy
  for (let at = 0; at < content.length; at = token.lastIndex) {
    token.lastIndex = at
    const match = token.exec(content)
    if (match === null) throw refuse(name, rows.length + 1, 'its quotes do not match')
    row.push(match[1]?.replaceAll('""', '"') ?? match[2])
    if (match[3] === ',') {
      if (token.lastIndex === content.length) row.push('')
      else continue
    }
    if (row.length > 1 || row[0] !== '') rows.push(row)
    row = []
  }
  if (row.length > 0) rows.push(row)
  return rows
}

function refuse(name: string, line: number, problem: string): WeftError {
  return new WeftError('OPTION', `${name === '-' ? 'standard input' : name}, line ${line}: ${problem}`, { line })
}
