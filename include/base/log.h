/* One line per event on stderr: `level=info event=word key=value ...`. Event names are fixed words;
 * values carry codes, numbers and states, never a citizen's text and never a secret. */
#pragma once

#include "base/mem.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Lines above this level are dropped; LOG_INFO at first. */
void log_set_level(enum log_level level);
/* Writes one line; the format makes the `key=value` pairs. Line ends become spaces. */
void log_line(enum log_level level, const char *event, const char *format, ...) PRINTF(3, 4);
