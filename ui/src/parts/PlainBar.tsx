import type { ReactNode } from 'react'
import { useNavigate } from 'react-router-dom'
import { listAddress } from '../api/filter'
import { TopBar } from './TopBar'

/** The bar of a page that has no search of its own: what is searched for are conversations. */
export function PlainBar({ where }: { where: ReactNode }) {
  const navigate = useNavigate()
  return (
    <TopBar
      where={where} search=""
      onSearch={(text, isFinal) => {
        if (isFinal && text) navigate(listAddress(new URLSearchParams({ q: text })))
      }}
    />
  )
}
