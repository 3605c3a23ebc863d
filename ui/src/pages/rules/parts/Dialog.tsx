import { useEffect, useRef, type ReactNode } from 'react'

/** A dialog with fields: Escape and the first button leave it, Enter in a line does what the strong one says. */
export function Dialog({ title, className, testId, onClose, onSubmit, children, acts }: {
  title: string; className?: string; testId: string; onClose: () => void; onSubmit?: () => void; children: ReactNode; acts: ReactNode
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    dialog.current?.showModal()
    // A difference above it can be scrolled, so the browser would begin there.
    dialog.current?.querySelector<HTMLElement>('.says input[type="text"], .says textarea')?.focus()
  }, [])
  return (
    <dialog
      ref={dialog} className={className ? `confirm ${className}` : 'confirm'} aria-label={title} data-testid={testId}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          onSubmit?.()
        }}
      >
        <h2>{title}</h2>
        <div className="says">{children}</div>
        <div className="acts">{acts}</div>
      </form>
    </dialog>
  )
}
