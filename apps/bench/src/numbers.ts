// Numbers of the command line.

export function atLeast(text: string, least: number): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value < least) throw new Error(`it must be a number of at least ${least}`)
  return value
}

export function whole(text: string, least: number): number {
  const value = atLeast(text, least)
  if (!Number.isSafeInteger(value)) throw new Error(`it must be a whole number of at least ${least}`)
  return value
}
