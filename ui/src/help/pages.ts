/** A page's key in the strings under `help.page`: its first part and what follows; a number or a name there is `one`. */
export function helpKey(pathname: string, exists: (key: string) => boolean): string | null {
  const [place, second] = pathname.split('/').filter(Boolean)
  if (!place) return null
  const key = second ? (exists(`help.page.${place}_${second}`) ? `${place}_${second}` : `${place}_one`) : place
  return exists(`help.page.${key}`) ? key : null
}
