/// Purges caches in front of the server when a status changes.
///
/// Start at [CachePurger]. The hard part: a cache keeps an answer for as long as its headers
/// permit, and no revocation shortens that. So the answers that a change makes wrong are purged by
/// name: by surrogate key, and by each URL that clients are known to request. That happens after
/// the commit, in batches and in the background, so no change waits for a cache.
///
/// The wiring wraps the status writer with it.
@NullMarked
package org.precertocsp.responder.purge;

import org.jspecify.annotations.NullMarked;
