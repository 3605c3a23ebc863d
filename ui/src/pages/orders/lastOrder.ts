let last: number | null = null

/** Which order was opened last, so that the list comes back with it selected. */
export const lastOrder = () => last
export function rememberOrder(number: number) {
  last = number
}
