// The mode that checks every call of emitted code: nothing outside of the arena is ever asked for.
import { WeftError } from '../errors.ts'
import type { KernelFunction, MachineTraits } from '../isa/machine.ts'
import type { Callable } from '../kernels/kernel.ts'

/** The arena hands out nothing below this. */
const FIRST_BYTE = 64

/** The same code; a call whose arguments reach outside of the memory throws INTERNAL and is not made. */
export function checkedCode(
  code: ReadonlyMap<string, Callable>,
  functions: readonly KernelFunction[],
  traits: MachineTraits,
  memory: WebAssembly.Memory,
): ReadonlyMap<string, Callable> {
  return new Map(
    functions.map((kernel) => {
      const call = code.get(kernel.name) as Callable
      const checked = (args: number): void => {
        const { buffer } = memory
        for (const { from, to } of kernel.touches(new Int32Array(buffer), args / 4, traits)) {
          if (from < FIRST_BYTE || to > buffer.byteLength || to < from) {
            throw new WeftError(
              'INTERNAL',
              `${kernel.name} would touch bytes ${from} to ${to} of an arena of ${buffer.byteLength}`,
              { from, to },
            )
          }
        }
        call(args)
      }
      return [kernel.name, checked]
    }),
  )
}
