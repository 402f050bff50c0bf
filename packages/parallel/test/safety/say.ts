// What a child knows of its parent: its configuration, and how to say something that a crash cannot take back.
import { writeSync } from 'node:fs'

export function configuration<T>(): T {
  return JSON.parse(process.argv[2]) as T
}

/** One line, written when this returns. */
export function say(line: Readonly<Record<string, unknown>>): void {
  writeSync(1, `${JSON.stringify(line)}\n`)
}
