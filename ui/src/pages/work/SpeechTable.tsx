import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router-dom'
import type { Recognised, SpeechState } from '../../api/speech'
import { useFormat } from '../../i18n/format'
import { Commands, modelCommands } from '../../parts/Commands'
import { AgainDialog } from './AgainDialog'
import { AgainPanel } from './AgainPanel'
import { FailedRecordings } from './FailedRecordings'
import { useSpeech } from './speechQueries'

/** What each model has recognised, what has no words, and having it recognised again; how to get a model where none is here. */
export function SpeechTable() {
  const { t } = useTranslation()
  const format = useFormat()
  const [address, setAddress] = useSearchParams()
  const [isAsking, setAsking] = useState(address.get('again') !== null)
  const { data } = useSpeech()
  if (!data) return null
  const isOff = !data.best && data.choices.every((one) => one.model === '' || one.model === 'off')
  const close = () => {
    setAsking(false)
    if (address.get('again') !== null) setAddress({}, { replace: true })
  }
  return (
    <section className="work-part" aria-labelledby="work-speech" data-testid="work-speech">
      <header>
        <h2 id="work-speech">{t('speech.title')}</h2>
        {!isOff && data.again?.state !== 'running' && <button type="button" className="button" onClick={() => setAsking(true)} data-testid="again-open">{t('speech.again.open')}</button>}
      </header>
      <Sentences data={data} isOff={isOff} />
      {data.again && <AgainPanel run={data.again} />}
      {data.recognised.length > 0 && <Models rows={data.recognised} />}
      <FailedRecordings count={data.failed} />
      {isAsking && data.again?.state !== 'running' && <AgainDialog speech={data} onClose={close} />}
      {data.unrecognised > 0 && isOff && <p className="quiet">{t('speech.unrecognised_now', { count: data.unrecognised, number: format.count(data.unrecognised) })}</p>}
    </section>
  )
}

/** What is turned off or missing comes first. */
function Sentences({ data, isOff }: { data: SpeechState; isOff: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <>
      {data.server && <p className="quiet" data-testid="speech-server">{t(data.server === 'off' ? 'speech.server_off' : 'speech.server_model', { model: data.server })}</p>}
      {isOff && <p className="quiet" data-testid="speech-off">{t('speech.why.none')} {t('speech.remedy.none')} <Commands lines={modelCommands('')} /></p>}
      {!isOff && data.unrecognised > 0 && <p data-testid="speech-unrecognised">{t('speech.unrecognised_now', { count: data.unrecognised, number: format.count(data.unrecognised) })}</p>}
      {!isOff && data.recognised.length === 0 && <p className="quiet">{data.best ? t('speech.ready', { model: data.best }) : t('speech.nothing_yet')}</p>}
    </>
  )
}

function Models({ rows }: { rows: Recognised[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <div className="paper table-frame" tabIndex={0} role="region" aria-labelledby="work-speech">
      <table className="work-table">
        <thead>
          <tr>
            <th scope="col">{t('speech.model')}</th>
            {(['recordings', 'voices', 'speed', 'lost'] as const).map((name) => <th key={name} scope="col" className={name === 'speed' ? 'number wide-only' : 'number'}>{t(`speech.${name}`)}</th>)}
          </tr>
        </thead>
        <tbody>
          {rows.map((one) => (
            <tr key={one.model} data-testid="speech-model">
              <th scope="row">{one.model}</th>
              <td className={one.recordings > 0 ? 'number' : 'number zero'}>{format.count(one.recordings)}</td>
              <td className="number">{format.duration(Math.round(one.voice_ms / 1000) * 1000)}</td>
              <td className="number wide-only">{one.spent_ms > 0 ? t('speech.times', { number: format.count(Math.round(one.voice_ms / one.spent_ms)) }) : t('app.dash')}</td>
              <td className={one.lost > 0 ? 'number tone-middling' : 'number zero'}>{format.count(one.lost)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
