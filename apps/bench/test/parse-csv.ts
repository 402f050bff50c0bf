// Reads CSV by RFC 4180: lines end with CRLF, quotes are doubled in quoted fields. Throws for anything else.

export function parseCsv(text: string): Record<string, string>[] {
  const records: string[][] = [[]]
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y
  while (field.lastIndex < text.length) {
    const found = field.exec(text)
    if (found === null) throw new Error('not CSV')
    records[records.length - 1].push(found[1]?.replaceAll('""', '"') ?? found[2])
    if (found[3] === '\r\n') records.push([])
  }
  const [names, ...rows] = records.slice(0, -1)
  if (rows.some((row) => row.length !== names.length)) throw new Error('lines of different length')
  return rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]])))
}
