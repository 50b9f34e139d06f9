/// Tells caches in front of the server when a status has changed.
///
/// Start at [CachePurger]. The hard part: a cache keeps an answer for as long as it was told, and
/// no revocation shortens that; so what was told is taken back by name. Called by the wiring.
@NullMarked
package org.precertocsp.responder.purge;

import org.jspecify.annotations.NullMarked;
