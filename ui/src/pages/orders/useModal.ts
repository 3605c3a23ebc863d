import { useEffect, type RefObject } from 'react'

/** Opens the dialog with the focus in its words: that is what is written most. */
export function useModal(dialog: RefObject<HTMLDialogElement | null>) {
  useEffect(() => {
    dialog.current?.showModal()
    dialog.current?.querySelector('textarea')?.focus()
  }, [dialog])
}
