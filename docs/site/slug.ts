// The anchor of a heading, as GitHub makes it: the site and the check of links use the same.

/** Lower case, without punctuation, spaces as hyphens. */
export function slug(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-')
}
