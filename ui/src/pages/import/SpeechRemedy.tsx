import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router-dom'
import { speechQuery } from '../../api/speech'
import { useFormat } from '../../i18n/format'
import { Commands, modelCommands } from '../../parts/Commands'

/** Recordings of an import stayed without words, since no model was here or chosen: what to do, as things stand now. */
export function SpeechRemedy({ count }: { count: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { data } = useQuery(speechQuery)
  return (
    <p className="quiet speech-remedy" data-testid="speech-remedy">
      {t('speech.left', { count, number: format.count(count) })}{' '}
      {data && (data.best
        ? <>{t('speech.left_model', { model: data.best })} <Link className="link" to="/work?again=1">{t('speech.again.open')}</Link></>
        : <>{t('speech.remedy.none')} <Commands lines={modelCommands('')} /></>)}
    </p>
  )
}
