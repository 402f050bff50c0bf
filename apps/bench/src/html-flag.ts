// --html: the flag that every command has that measures.

export const HTML_FLAG = {
  kind: 'parsed',
  parse: String,
  optional: true,
  placeholder: 'FILE',
  brief: 'Write a page with charts',
} as const
