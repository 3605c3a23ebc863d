import { useTranslation } from 'react-i18next'
import type { ImportState } from '../../api/imports'

export function StateChip({ state }: { state: ImportState }) {
  const { t } = useTranslation()
  const tone = state === 'failed' ? 'bad' : ['waiting', 'running', 'undoing', 'open'].includes(state) ? 'live' : 'plain'
  return <span className={`import-state ${tone}`} data-state={state}>{t(`import.state.${state}`)}</span>
}
