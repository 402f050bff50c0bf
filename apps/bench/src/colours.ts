// Colours for a terminal; none where output goes elsewhere, or NO_COLOR is set (https://no-color.org).
import picocolors from 'picocolors'

export type Colours = ReturnType<typeof picocolors.createColors>

export const plain: Colours = picocolors.createColors(false)

export function coloursFor(stream: { readonly isTTY?: boolean }, { NO_COLOR, TERM } = process.env): Colours {
  return picocolors.createColors(stream.isTTY === true && !NO_COLOR && TERM !== 'dumb')
}
