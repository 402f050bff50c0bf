// What the registry knows against our dependencies: a finding that is high fails, a registry that does not tell is said to.
import { PNPM, start } from './pack.ts'

/** @param folder with a lock file. @returns what was found out, in a few words. @throws with the findings where some are high */
export async function audit(folder: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  try {
    await start('npx', ['-y', PNPM, 'audit', '--audit-level', 'high'], folder, env)
    return 'nothing high'
  } catch (error) {
    const [, why] = /(The audit endpoint[\s\S]*?):?\s*\n\n/.exec(String(error)) ?? []
    if (why === undefined || !String(error).includes('ERR_PNPM_AUDIT_BAD_RESPONSE')) throw error
    return `NOT CHECKED, since the registry does not answer such questions: ${why.replace(/\s*\n\s*│\s*/g, '')}`
  }
}
