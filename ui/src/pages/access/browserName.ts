const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg\//, 'Edge'], [/MicroMessenger/, 'WeChat'], [/OPR\//, 'Opera'], [/Firefox\//, 'Firefox'], [/Chrome\//, 'Chrome'], [/Safari\//, 'Safari'],
]
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/Windows/, 'Windows'], [/iPhone|iPad/, 'iOS'], [/Android/, 'Android'], [/Mac OS X/, 'macOS'], [/Linux/, 'Linux'],
]
const find = (table: readonly (readonly [RegExp, string])[], text: string) => table.find(([mark]) => mark.test(text))?.[1]

/** What people call the browser that names itself so; null: unknown. */
export function browserName(agent: string): string | null {
  const parts = [find(BROWSERS, agent), find(SYSTEMS, agent)].filter(Boolean)
  return parts.length ? parts.join(' · ') : null
}
