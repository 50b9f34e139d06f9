package org.precertocsp.responder.store;

import java.nio.file.Path;

/// The directory and memory of the store.
///
/// @param directory created if absent; one process at a time opens it for writing
/// @param cacheBytes of memory for blocks read; writes need more: while a file is loaded, 100 to
///   200 bytes of heap for each of its changes, and as much native memory
public record StoreConfig(Path directory, long cacheBytes) {}
