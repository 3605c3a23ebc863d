/** Names of the signs in the strings. */
export const COMPARE_WORDS = { '>': 'above', '>=': 'least', '<': 'below', '<=': 'most', '=': 'equal', '!=': 'other' } as const

/** A plain choice inside a row of the form. */
export function Select({ label, value, options, isDisabled, onChange, testId, className }: {
  label: string; value: string; className?: string; options: readonly (readonly [value: string, word: string])[]; isDisabled?: boolean; onChange: (value: string) => void; testId?: string
}) {
  return (
    <select className={className ? `pick ${className}` : 'pick'} aria-label={label} value={value} disabled={isDisabled} onChange={(event) => onChange(event.target.value)} data-testid={testId}>
      {options.map(([one, word]) => <option key={one} value={one}>{word}</option>)}
    </select>
  )
}

/** Text that is handed over when one is done with it, so that half a number is no value. */
export function Typed({ label, value, size, isDisabled, onChange, testId }: {
  label: string; value: string; size?: number; isDisabled?: boolean; onChange: (value: string) => void; testId?: string
}) {
  return (
    <input
      key={value} type="text" className="typed" aria-label={label} title={label} defaultValue={value} size={size ?? 6} disabled={isDisabled} data-testid={testId}
      onBlur={(event) => {
        const next = event.target.value.trim()
        if (next !== value && next) onChange(next)
        else event.target.value = value
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) event.currentTarget.blur()
      }}
    />
  )
}
