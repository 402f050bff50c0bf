// The input that a program reads where the caller keeps it: a tensor of the engine's memory needs no copy.
import { OP_STORAGE, type Place, type Program, type ProgramStep, sizeOf } from '@weft/core'

export interface DirectInput {
  /** Among the program's inputs. */
  readonly index: number
  readonly place: Place
  /** The step that writes to where a copy would lie, or the number of steps. Up to there, whatever lies there is the input. */
  readonly until: number
}

/** The largest of the inputs that steps alone read. Null where there is none: of the others a copy is what is given out, or no step reads them. */
export function directInput({ inputs, outputs, steps }: Program): DirectInput | null {
  const found = inputs.flatMap(({ place }, index): DirectInput[] => {
    if (place.where !== 'memory') return []
    const written = steps.findIndex((step) => writes(step).some((to) => overlap(to, place)))
    const until = written < 0 ? steps.length : written
    const read = steps.slice(0, until + 1).flatMap((step) => reads(step).filter((from) => overlap(from, place)))
    const given = written < 0 && outputs.some((port) => overlap(port.place, place))
    return read.length > 0 && read.every((from) => holds(place, from)) && !given ? [{ index, place, until }] : []
  })
  return found.reduce<DirectInput | null>((most, one) => (most && bytesOf(most.place) >= bytesOf(one.place) ? most : one), null)
}

/** Whether what a step reads is the input, or a part of it. */
export function readsInput(input: DirectInput | null, place: Place, step: number): input is DirectInput {
  return input !== null && step <= input.until && holds(input.place, place)
}

function reads(step: ProgramStep): Place[] {
  return (step.kind === 'op' ? step.inputs : [step.x, step.residual]).filter((place) => place !== null)
}

function writes(step: ProgramStep): readonly Place[] {
  return step.kind === 'op' ? step.outputs : [step.y]
}

function overlap(a: Place, b: Place): boolean {
  return b.where === a.where && a.at < endOf(b) && b.at < endOf(a)
}

/** Whether all of a value lies in another. */
export function holds(whole: Place, part: Place): boolean {
  return part.where === whole.where && whole.at <= part.at && endOf(part) <= endOf(whole)
}

function endOf(place: Place): number {
  return place.at + bytesOf(place)
}

function bytesOf({ info }: Place): number {
  return sizeOf(info.shape) * OP_STORAGE[info.dtype].BYTES_PER_ELEMENT
}
