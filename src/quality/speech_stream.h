/* speech_stream.h - pieces of a side's voice one after another in one stream of a streaming recogniser: it hears what went before, and
 * there is less silence to recognise than around each of them. Which pieces share a stream, and whose an utterance is.
 * Floor: quality. A stream's times count from its first sample; what is told of a piece has the recording's.
 * Memory: the arena given. Threads: any.
 * Example: speech_streams_share(pieces, count, stream); speech_stream_take(u, &pieces[3], 8200, INT64_MAX, &from, arena, &out);
 */
#ifndef CS_QUALITY_SPEECH_STREAM_H
#define CS_QUALITY_SPEECH_STREAM_H

#include "quality/speech_piece.h"
#include "speech/utterance.h"

/* Of voice in one stream CS_PIECE_MOST_MS: so much is lost with a recogniser that dies, as of a piece alone. */
enum {
    CS_STREAM_PIECES = 32,
    CS_STREAM_GAP_MS = 200, /* silence between two pieces; each has CS_PIECE_AROUND_MS of its own besides */
};

/* Of each piece, as speech_pieces_of orders them: the first piece of its stream. The same pieces share one each time, whatever is done
 * already. */
void speech_streams_share(const cs_speech_piece *pieces, uint32_t count, uint32_t *stream);

/* What of the utterance is the piece's that begins at from_ms in the stream: its units from *from on that are heard before next_ms,
 * where the next piece begins (INT64_MAX: there is none). A unit is heard late, never early. *from moves behind them. Times become
 * those of the recording. *out has no units: nothing is. false: no memory. */
bool speech_stream_take(const cs_utterance *utterance, const cs_speech_piece *piece, int64_t from_ms, int64_t next_ms,
                        uint32_t *from, cs_arena *arena, cs_utterance *out);

#endif
