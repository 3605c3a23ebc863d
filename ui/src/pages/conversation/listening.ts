import { useCallback, useEffect } from 'react'
import type { Conversation } from '../../api/types'
import { momentOf, startOf, trackOf } from '../../player/listen'
import { player } from '../../player/player'
import type { Found } from './found'

/** The recording of the page: opened at the finding that the address names, moved to the one that is chosen. */
export function useListening(conversation: Conversation, opened: Found | undefined) {
  const hasRecording = conversation.recording !== null && conversation.recording !== undefined
  useEffect(() => {
    if (!hasRecording) {
      player.close()
      return
    }
    // What plays already, from the list, goes on where it is.
    const isOpen = player.snapshot().id === conversation.id
    player.open(trackOf(conversation), startOf(opened, conversation))
    const moment = momentOf(opened, conversation)
    if (moment !== null && !(isOpen && player.isPlaying)) player.listenTo(moment)
    return () => player.pause()
    // Only when the page opens; what is chosen later moves by itself.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [conversation.id, hasRecording])

  const listen = useCallback((found: Found | undefined, shouldPlay: boolean) => {
    const moment = momentOf(found, conversation)
    if (!hasRecording || moment === null) return
    player.listenTo(moment)
    if (shouldPlay) player.play()
  }, [conversation, hasRecording])

  const playFrom = useCallback((ms: number) => {
    player.seek(ms)
    player.play()
  }, [])
  return { listen, playFrom: hasRecording ? playFrom : null }
}
