// A small Node-API addon with its machine code written out by hand: `half` is 0.5 and `answer()` is 42.
import type { ElfFixup, SharedObject } from '../../src/isa/x64/elf.ts'

/** The constants: 0.5 and 42 as doubles, then the two names. */
export const ADDON_DATA = new Uint8Array(new Float64Array([0.5, 42, 0, 0]).buffer)
ADDON_DATA.set(new TextEncoder().encode('answer\0half\0'), 16)
const [HALF, FORTY_TWO, ANSWER_NAME, HALF_NAME] = [0, 8, 16, 23]

/** An instruction that ends in four bytes to be fixed, if it names something. */
type Line = readonly [hex: string, name?: string, offset?: number]

// napi_register_module_v1(env, exports): env in rbx, exports in r12, a napi_value at [rsp + 8].
const REGISTER: readonly Line[] = [
  ['53'], // push rbx
  ['41 54'], // push r12
  ['48 83 ec 18'], // sub rsp, 24
  ['48 89 fb'], // mov rbx, rdi
  ['49 89 f4'], // mov r12, rsi
  ['48 8d 35', '.rodata', ANSWER_NAME], // lea rsi, [rip + name]
  ['ba 06 00 00 00'], // mov edx, 6
  ['48 8d 0d 6b 00 00 00'], // lea rcx, [rip + answer]
  ['45 31 c0'], // xor r8d, r8d
  ['4c 8d 4c 24 08'], // lea r9, [rsp + 8]
  ['ff 15', 'napi_create_function'], // call [rip + slot]
  ['85 c0'], // test eax, eax
  ['75 4e'], // jne to the end
  ['48 89 df'], // mov rdi, rbx
  ['4c 89 e6'], // mov rsi, r12
  ['48 8d 15', '.rodata', ANSWER_NAME], // lea rdx, [rip + name]
  ['48 8b 4c 24 08'], // mov rcx, [rsp + 8]
  ['ff 15', 'napi_set_named_property'], // call [rip + slot]
  ['85 c0'], // test eax, eax
  ['75 32'], // jne to the end
  ['48 89 df'], // mov rdi, rbx
  ['f2 0f 10 05', '.rodata', HALF], // movsd xmm0, [rip + half]
  ['48 8d 74 24 08'], // lea rsi, [rsp + 8]
  ['ff 15', 'napi_create_double'], // call [rip + slot]
  ['85 c0'], // test eax, eax
  ['75 18'], // jne to the end
  ['48 89 df'], // mov rdi, rbx
  ['4c 89 e6'], // mov rsi, r12
  ['48 8d 15', '.rodata', HALF_NAME], // lea rdx, [rip + name]
  ['48 8b 4c 24 08'], // mov rcx, [rsp + 8]
  ['ff 15', 'napi_set_named_property'], // call [rip + slot]
  ['4c 89 e0'], // the end: mov rax, r12
  ['48 83 c4 18'], // add rsp, 24
  ['41 5c'], // pop r12
  ['5b'], // pop rbx
  ['c3'], // ret
]

// answer(env, info)
const ANSWER: readonly Line[] = [
  ['48 83 ec 18'], // sub rsp, 24
  ['f2 0f 10 05', '.rodata', FORTY_TWO], // movsd xmm0, [rip + 42]
  ['48 8d 74 24 08'], // lea rsi, [rsp + 8]
  ['ff 15', 'napi_create_double'], // call [rip + slot]
  ['48 8b 44 24 08'], // mov rax, [rsp + 8]
  ['48 83 c4 18'], // add rsp, 24
  ['c3'], // ret
]

// node_api_module_get_api_version_v1()
const VERSION: readonly Line[] = [
  ['b8 08 00 00 00'], // mov eax, 8
  ['c3'], // ret
]

export function addon(): SharedObject {
  const text: number[] = []
  const fixups: ElfFixup[] = []
  const write = (lines: readonly Line[]): { offset: number; size: number } => {
    const offset = text.length
    for (const [hex, name, into = 0] of lines) {
      text.push(...hex.split(' ').map((byte) => Number.parseInt(byte, 16)))
      if (name === undefined) continue
      fixups.push({ at: text.length, name, addend: into - 4 })
      text.push(0, 0, 0, 0)
    }
    return { offset, size: text.length - offset }
  }
  const register = write(REGISTER)
  write(ANSWER)
  return {
    soname: 'weft-test.node',
    exports: [
      { name: 'napi_register_module_v1', ...register },
      { name: 'node_api_module_get_api_version_v1', ...write(VERSION) },
    ],
    text: Uint8Array.from(text),
    imports: ['napi_create_function', 'napi_set_named_property', 'napi_create_double'],
    fixups,
    readonlyData: ADDON_DATA,
  }
}
