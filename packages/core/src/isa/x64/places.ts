// Places of floats in two vectors, from `lanes` on those of the second: where each lane of a result is taken from.

/** Every third lane of three vectors from lane `from` on: of the first two, then of what that gives and the third. */
export function thirdPlaces(from: number, lanes: number): [number[], number[]] {
  const places = Array.from({ length: lanes }, (_, lane) => 3 * lane + from)
  return [
    places.map((place) => Math.min(place, 2 * lanes - 1)),
    places.map((place, lane) => (place < 2 * lanes ? lane : place - lanes)),
  ]
}

/** Parted pixels moved by one: two of the first half and two of the second are side by side. */
export function movedPlaces(by: 1 | -1, lanes: number): number[] {
  return Array.from({ length: lanes }, (_, place) => {
    const pixel = 2 * (place >> 2) + (place & 1) + ((place & 2) * lanes) / 4 + by
    const from = pixel & (lanes - 1)
    const half = from & (lanes / 2 - 1)
    return 4 * (half >> 1) + (half & 1) + (half === from ? 0 : 2) + (from === pixel ? 0 : lanes)
  })
}
