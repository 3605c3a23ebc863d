// So that the list, come back to, still shows where one was. For this tab only.
const STORED = 'callscope.last-opened'

export function lastOpened(): string | null {
  try {
    return sessionStorage.getItem(STORED)
  } catch {
    return null
  }
}

export function rememberOpened(id: string) {
  try {
    sessionStorage.setItem(STORED, id)
  } catch {
    // Without storage the list starts unselected.
  }
}
