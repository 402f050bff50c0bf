// The oldest Node that the commands run on.
const OLDEST = 22

/** What a command says to a Node that is too old, null to one that is not. */
export function tooOld(command: string, version: string): string | null {
  if (Number.parseInt(version, 10) >= OLDEST) return null
  return `${command} needs Node ${OLDEST} or newer (24 is fastest); this is ${version}. Get one from https://nodejs.org`
}
