// Which ffmpeg the PATH has.
import { Ffmpeg } from './ffmpeg.ts'

/** @returns its version as it tells it. @throws NOT_FOUND where ffmpeg or ffprobe is not there; IO, FORMAT, WORKER where it does not run */
export async function ffmpegVersion(): Promise<string> {
  const [version] = await Promise.all((['ffmpeg', 'ffprobe'] as const).map(firstLine))
  return /version (\S+)/.exec(version)?.[1] ?? version
}

async function firstLine(tool: 'ffmpeg' | 'ffprobe'): Promise<string> {
  const lines: string[] = []
  const process = new Ffmpeg(tool, ['-version'], { hear: () => {} })
  process.listen((line) => lines.push(line))
  const error = await process.await(process.ended)
  if (error !== null) throw error
  return lines[0] ?? ''
}
