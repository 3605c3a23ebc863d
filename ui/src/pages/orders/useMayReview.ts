import { useAccount } from '../../api/account'

/** Reviewers and managers open, check again, close and decide; while nobody has an account everybody may. */
export function useMayReview(): boolean {
  return useAccount().may('reviewer')
}
