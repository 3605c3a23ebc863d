/* playback_shelf.h - playbacks nobody reads at the moment, kept open for the next seek in the same recording.
 * Floor: quality. A player asks anew at each seek; finding the middle of a three-hour mp3 means reading all before it once
 * (measured: 50 ms, and 1 ms in a playback that was there before).
 * Memory: at most CS_SHELF_PLACES playbacks; one that was not wanted for CS_SHELF_MS goes when the shelf is next used.
 * Threads: any; whoever takes a playback has it alone.
 * Example: p = playback_shelf_take(shelf, name); ... playback_shelf_put(shelf, name, p);
 */
#ifndef CS_QUALITY_PLAYBACK_SHELF_H
#define CS_QUALITY_PLAYBACK_SHELF_H

#include "quality/playback.h"

enum { CS_SHELF_PLACES = 8, CS_SHELF_MS = 60000, CS_SHELF_NAME_CHARS = 47 };

typedef struct cs_playback_shelf cs_playback_shelf;
cs_error playback_shelf_create(cs_playback_shelf **out, cs_message *message);
/* NULL: none of this name is there. What has the same name must be the same bytes. */
cs_playback *playback_shelf_take(cs_playback_shelf *shelf, const char *name);
/* Takes it; the one that lay there longest is closed when there is no place. A longer name is not kept. */
void playback_shelf_put(cs_playback_shelf *shelf, const char *name, cs_playback *playback);
void playback_shelf_free(cs_playback_shelf *shelf); /* NULL is allowed */

#endif
