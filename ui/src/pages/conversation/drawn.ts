import { startTransition, useEffect, useState } from 'react'

/** True from the second drawing on: the first is short, so that a recording is opened before thousands of lines are laid out. */
export function useDrawn(isAtOnce: boolean): boolean {
  const [isDrawn, setDrawn] = useState(isAtOnce)
  useEffect(() => startTransition(() => setDrawn(true)), [])
  return isDrawn
}
