// The oldest Node that weft runs on.
const OLDEST = 22

/** What to say to a Node that is too old, null to one that is not. */
export function tooOld(version: string): string | null {
  if (Number.parseInt(version, 10) >= OLDEST) return null
  return `weft needs Node ${OLDEST} or newer (24 is fastest); this is ${version}. Get one from https://nodejs.org`
}
