// Whether JavaScript of this thread still computes with subnormal numbers.

/** Taken from memory, so that no compiler knows the results beforehand. */
const doubles = Float64Array.of(2 ** -1074, 2 ** -1022, 4)
const singles = Float32Array.of(2 ** -149, 2 ** -126, 4)

export function subnormalsLive(): boolean {
  const [least, normal, four] = doubles
  const [leastSingle, normalSingle] = singles
  return (
    least > 0 &&
    least + least === 2 ** -1073 &&
    normal / four === 2 ** -1024 &&
    leastSingle > 0 &&
    Math.fround(leastSingle * four) === 2 ** -147 &&
    Math.fround(normalSingle / four) === 2 ** -128 &&
    Math.fround(least) === 0
  )
}
