import { useAccount } from '../../api/account'

/** Reviewers and managers judge; an agent reads what was said. */
export function useMayJudge(): boolean {
  return useAccount().may('reviewer')
}

/** The number of one's account; 0: of this machine. */
export function useMyNumber(): number | null {
  return useAccount().account?.number ?? null
}
