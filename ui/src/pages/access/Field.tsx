import { useId } from 'react'

/** One field with its name above and, where there is one, a hint below. */
export function Field({ label, value, onChange, hint, testId, ...more }: {
  label: string; value: string; onChange: (value: string) => void; hint?: string; testId: string
  type?: 'text' | 'password'; autoComplete?: string; autoFocus?: boolean; maxLength?: number; disabled?: boolean; list?: string
}) {
  const id = useId()
  return (
    <div className="access-field">
      <label htmlFor={id}>{label}</label>
      <input id={id} type="text" spellCheck={false} {...more} value={value} aria-describedby={hint ? `${id}-hint` : undefined} onChange={(event) => onChange(event.target.value)} data-testid={testId} />
      {hint && <p className="quiet" id={`${id}-hint`}>{hint}</p>}
    </div>
  )
}
