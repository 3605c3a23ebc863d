/** What to type in a terminal, a line each. */
export function Commands({ lines }: { lines: string[] }) {
  return <span className="commands">{lines.map((line) => <code key={line}>{line}</code>)}</span>
}

/** How a model gets here, and how it recognises what stands in the store; language: two letters, or '' unknown. */
export const modelCommands = (language: string) => [
  `callscope doctor --language ${language || 'zh'}`, 'callscope models pull NAME', 'callscope inspect --again',
]
