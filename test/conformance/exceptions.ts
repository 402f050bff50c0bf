// The tests that weft does not pass by intent, each with its reason. A test that is not here must pass.

export interface Exception {
  readonly kind: 'refused' | 'failed'
  readonly why: string
}

const STRINGS: Exception = { kind: 'refused', why: 'strings are no numbers' }
const SEQUENCE: Exception = { kind: 'refused', why: 'sequences and optional values are no tensors' }
const ROUNDING: Exception = { kind: 'failed', why: 'weft computes bfloat16 in float32, so a cast to it does not round' }

const SHAPE: Exception = { kind: 'failed', why: 'the stored input `like` has shape (1), where the model says (3, 4)' }

export const EXCEPTIONS: Readonly<Record<string, Exception>> = {
  cast_FLOAT_to_BFLOAT16: ROUNDING,
  cast_FLOAT_to_STRING: STRINGS,
  cast_STRING_to_FLOAT: STRINGS,
  castlike_BFLOAT16_to_FLOAT_expanded: SHAPE,
  castlike_FLOAT_to_BFLOAT16_expanded: SHAPE,
  castlike_FLOAT_to_STRING_expanded: STRINGS,
  castlike_STRING_to_FLOAT_expanded: STRINGS,
  identity_opt: SEQUENCE,
  identity_sequence: SEQUENCE,
}
