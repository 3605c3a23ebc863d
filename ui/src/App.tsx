import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { ConfigProvider } from 'antd'
import english from 'antd/locale/en_GB'
import chinese from 'antd/locale/zh_CN'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn'
import 'dayjs/locale/en-gb'
import { useTranslation } from 'react-i18next'
import { createBrowserRouter, RouterProvider } from 'react-router-dom'
import { shouldRetry } from './api/queries'
import { ConversationPage } from './pages/conversation/ConversationPage'
import { ListPage } from './pages/list/ListPage'
import { BrokenPage, MissingPage } from './pages/OtherPages'
import { Shell } from './parts/Shell'
import { useComponentTheme } from './theme/components'

const queries = new QueryClient({ defaultOptions: { queries: { retry: shouldRetry, staleTime: 30_000 } } })

const router = createBrowserRouter([
  {
    element: <Shell />,
    errorElement: <BrokenPage />,
    children: [
      { path: '/', element: <ListPage /> },
      { path: '/conversations', element: <ListPage /> },
      { path: '/conversations/:id', element: <ConversationPage /> },
      { path: '/import', lazy: async () => ({ Component: (await import('./pages/import/ImportsPage')).ImportsPage }) },
      { path: '/import/:number', lazy: async () => ({ Component: (await import('./pages/import/ImportPage')).ImportPage }) },
      { path: '/joins', lazy: async () => ({ Component: (await import('./pages/joins/JoinsPage')).JoinsPage }) },
      { path: '/people', lazy: async () => ({ Component: (await import('./pages/people/PeoplePage')).PeoplePage }) },
      { path: '/people/:number', lazy: async () => ({ Component: (await import('./pages/people/PeoplePage')).PeoplePage }) },
      { path: '*', element: <MissingPage /> },
    ],
  },
])

export function App() {
  const { i18n } = useTranslation()
  const isChinese = i18n.language === 'zh'
  const componentTheme = useComponentTheme()
  dayjs.locale(isChinese ? 'zh-cn' : 'en-gb')
  return (
    <ConfigProvider locale={isChinese ? chinese : english} theme={componentTheme} wave={{ disabled: true }}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </ConfigProvider>
  )
}
