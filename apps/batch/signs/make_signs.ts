// Makes the pictures of this folder: signs and labels drawn over photographs of ../photos, as JPEG without metadata.
// node apps/batch/signs/make_signs.ts   (DejaVu fonts installed)
import { join } from 'node:path'
import sharp from 'sharp'

/** One size for all: a network is prepared once. */
const [WIDTH, HEIGHT] = [640, 480]
const SERIF = 'font-family="DejaVu Serif"'
const SANS = 'font-family="DejaVu Sans" font-weight="bold"'

/** By the photograph's name: what is drawn over it, in pixels of the result. */
const SIGNS: Readonly<Record<string, string>> = {
  coffee: `
    <g transform="translate(398 24) rotate(5)">
      <rect width="212" height="176" rx="4" fill="#2b2f2c" stroke="#8a6a45" stroke-width="8"/>
      <g fill="#f2efe6" ${SERIF} font-size="22">
        <text x="18" y="42" font-size="26">Today</text>
        <text x="18" y="80">Espresso</text><text x="152" y="80">2.10</text>
        <text x="18" y="114">Flat white</text><text x="152" y="114">3.40</text>
        <text x="18" y="148">Filter</text><text x="152" y="148">2.80</text>
      </g>
    </g>
    <text transform="translate(72 444) rotate(-9)" fill="#f4e3c8" ${SERIF} font-style="italic" font-size="34">Pikolo, since 2011</text>`,
  chelsea: `
    <g transform="translate(28 340) rotate(-4)">
      <rect width="300" height="96" rx="10" fill="#f5d64a" stroke="#222" stroke-width="5"/>
      <g fill="#222" ${SANS}><text x="18" y="44" font-size="34">BEWARE OF</text><text x="18" y="82" font-size="34">THE CAT</text></g>
    </g>
    <g transform="translate(508 66) rotate(14)">
      <circle r="46" fill="#c7cdd1" stroke="#777" stroke-width="3"/>
      <g fill="#333" ${SANS} text-anchor="middle"><text y="-4" font-size="20">Chelsea</text><text y="20" font-size="16">No. 451</text></g>
    </g>`,
  rocket: `
    <g fill="#ffd34d" ${SANS}>
      <text x="34" y="66" font-size="40">LAUNCH PAD 40</text>
      <text transform="translate(34 104)" fill="#d9e4f2" font-size="22">T-minus 00:14:30</text>
    </g>
    <g transform="translate(520 262) rotate(-90)"><text fill="#f0f4fa" ${SANS} font-size="26">DSCOVR</text></g>
    <g transform="translate(24 392) skewY(6)">
      <rect width="196" height="46" fill="#a41e22"/>
      <text x="16" y="32" fill="#fff" ${SANS} font-size="24">KEEP CLEAR</text>
    </g>`,
  camera: `
    <g transform="translate(402 40) skewY(-7)">
      <rect width="206" height="118" fill="#f7f7f2" stroke="#333" stroke-width="3"/>
      <g fill="#1b1b1b" ${SERIF}>
        <text x="16" y="44" font-size="30">Field trip</text>
        <text x="16" y="76" font-size="20">Gate 4, Monday</text>
        <text x="16" y="102" font-size="20">bring a tripod</text>
      </g>
    </g>
    <text x="318" y="452" fill="#f4f4f4" ${SANS} font-size="26">NO. 3 OF 12</text>`,
}

for (const [name, drawing] of Object.entries(SIGNS)) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">${drawing}</svg>`
  const photo = sharp(join(import.meta.dirname, `../photos/${name}.jpg`)).resize(WIDTH, HEIGHT, { fit: 'cover' })
  const drawn = await photo
    .composite([{ input: Buffer.from(svg) }])
    .png()
    .toBuffer()
  // As a lens would have it: no edge sharper than those of the photograph.
  await sharp(drawn)
    .blur(0.6)
    .jpeg({ quality: 85 })
    .toFile(join(import.meta.dirname, `${name}.jpg`))
}
