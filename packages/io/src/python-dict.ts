// A strict parser of the one Python literal that .npy headers hold: a dict of texts, booleans and tuples of whole numbers.
import { WeftError } from '@weft/core'
import { formatError, tooLarge } from './io-error.ts'

export type PythonValue = string | boolean | number[]

// Space, then one token: a text without escapes, True, False, a whole number (Python 2 wrote a trailing L) or a sign.
const TOKEN = /[ \t\r\n]*('[^'\\\r\n]*'|"[^"\\\r\n]*"|True|False|-?\d+L?|[{}(),:[])/y
const REST = /[ \t\r\n]*/y

/** @throws FORMAT where the text is anything else, TOO_LARGE for a number past 2^53, DTYPE for a record type. */
export function parsePythonDict(text: string, path: string): Map<string, PythonValue> {
  let position = 0

  const peek = (): string => {
    TOKEN.lastIndex = position
    return TOKEN.exec(text)?.[1] ?? ''
  }
  const take = (): string => {
    const token = peek()
    if (token === '') throw unexpected(token)
    position = TOKEN.lastIndex
    return token
  }
  const expect = (wanted: string): void => {
    const token = peek()
    if (token !== wanted) throw unexpected(token, `'${wanted}'`)
    take()
  }
  const unexpected = (token: string, wanted = 'a value'): WeftError => {
    const found = token === '' ? JSON.stringify(text.slice(position, position + 12)) : JSON.stringify(token)
    return formatError(path, `its header is damaged at character ${position}: ${wanted} should be there, not ${found}`, {
      position,
    })
  }

  const parseText = (): string => {
    const token = take()
    if (token[0] !== "'" && token[0] !== '"') throw unexpected(token, 'a text')
    return token.slice(1, -1)
  }
  const parseTuple = (): number[] => {
    const numbers: number[] = []
    expect('(')
    while (peek() !== ')') {
      numbers.push(parseNumber(take()))
      if (peek() === ')' && numbers.length > 1) break
      expect(',')
    }
    expect(')')
    return numbers
  }
  const parseNumber = (token: string): number => {
    if (!/^-?\d/.test(token)) throw unexpected(token, 'a size')
    if (token[0] === '-') throw formatError(path, `its shape has the size ${token.slice(0, 24)}; sizes are 0 or more`)
    const number = Number(token.replace('L', ''))
    if (!Number.isSafeInteger(number)) throw tooLarge(path, `its shape has a size of ${token.length} digits`)
    return number
  }
  const parseValue = (): PythonValue => {
    const token = peek()
    if (token === '(') return parseTuple()
    if (token === '[')
      throw new WeftError('DTYPE', `${path}: it holds records with named fields; save each field by itself`, { path })
    if (token === 'True' || token === 'False') return take() === 'True'
    return parseText()
  }

  const dict = new Map<string, PythonValue>()
  expect('{')
  while (peek() !== '}') {
    const key = parseText()
    if (dict.has(key)) throw formatError(path, `its header gives ${JSON.stringify(key)} twice`)
    expect(':')
    dict.set(key, parseValue())
    if (peek() !== '}') expect(',')
  }
  expect('}')
  REST.lastIndex = position
  REST.exec(text)
  if (REST.lastIndex !== text.length) throw unexpected('', 'the end')
  return dict
}
