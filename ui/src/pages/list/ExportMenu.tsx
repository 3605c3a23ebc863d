import { Popover } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n/format'
import { readFilter } from '../../api/filter'

const FORMATS = ['xlsx', 'csv', 'json', 'jsonl', 'vcon'] as const

/** What the list shows, as a file: plain links, so that the browser saves what comes. */
export function ExportMenu({ filter, total }: { filter: URLSearchParams; total: number | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [isOpen, setOpen] = useState(false)
  const address = (kind: string) => {
    const parameters = readFilter(filter, false)
    parameters.set('format', kind)
    parameters.set('lang', format.language)
    return `/api/v1/export?${parameters}`
  }
  const menu = (
    <div className="export-menu" data-testid="export-menu">
      {total !== undefined && <p className="quiet">{t('list.export_what', { count: total, number: format.count(total) })}</p>}
      <ul>
        {FORMATS.map((kind) => (
          <li key={kind}>
            <a href={address(kind)} download onClick={() => setOpen(false)} data-testid={`export-${kind}`}><b>{t(`list.export_format.${kind}`)}</b><span className="quiet">{t(`list.export_use.${kind}`)}</span></a>
          </li>
        ))}
      </ul>
    </div>
  )
  return (
    <Popover open={isOpen} onOpenChange={setOpen} trigger="click" placement="bottomRight" content={menu} arrow={false}>
      <button type="button" className="button export" aria-haspopup="dialog" aria-expanded={isOpen} disabled={!total} data-testid="export">{t('list.export')}</button>
    </Popover>
  )
}
