/* Builds the parts of the daemon, runs the loop, takes the parts down. */
#pragma once

#include "config.h"

/* `whistled serve`: returns the exit code. Faults are logged. */
int app_serve(const struct config *config);
/* `whistled migrate`. */
int app_migrate(const struct config *config);
