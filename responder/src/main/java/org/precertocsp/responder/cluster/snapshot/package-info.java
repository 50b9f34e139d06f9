/// Snapshots of an authority's store, from which other nodes begin.
///
/// A log does not keep its records for ever, and reading all of them takes long. So an authority,
/// active or standby, writes its rows as tables into a directory each day, with a signed list of
/// them, and a node that has nothing yet takes the newest one, then reads the log from there on.
/// Start at [SnapshotManifest] and [SnapshotDirectory]: what a snapshot is. [SnapshotWriter] writes
/// one, [SnapshotMonitor] says when, [SnapshotBootstrap] takes one, from a [SnapshotSource], and
/// [SnapshotVerifier] only looks.
///
/// The hard question is what a node may believe. A directory, a web server and whoever is between
/// are not trusted: the manifest is signed by an authority of the cluster and has the SHA-256 of
/// every file, which is computed while the file is copied, before a store sees it. But a genuine
/// snapshot can still be the wrong one: too old, of a log that was replaced, of a cluster that was
/// forked from this one. So the reader's own rules decide: from the position of the snapshot on,
/// records of the log are read, until one proves that it continues that history
/// ([SnapshotPosition][org.precertocsp.responder.cluster.SnapshotPosition]). After that the rows
/// and the position are taken together or not at all.
///
/// Tables are written from the rows of one moment, while changes go on, and not linked from the
/// store's own files as a backup does: an authority's files also contain its responses, renewals,
/// marks of its audit log, and older values, and all families are in one write-ahead log. Written
/// from rows, a snapshot has what nodes share and nothing else, edges copy the two families they
/// need, the files fit every store that reads their schema, and the digests by issuer, which nodes
/// compare, fall out of the same reading. The price is processor time once a day. A store takes the
/// tables as it takes those of a large load, without touching a row.
///
/// An edge that missed what the log has deleted is filled in the same way when it starts: it knows
/// nothing that an authority does not know better, and the snapshot is refused unless it is newer.
/// An authority is not: its audit log belongs to its store.
///
/// Measured once, on a busy machine with two cores, with 10 M serials of 16 bytes and the log in
/// memory (in brackets: processor time, of all threads):
///
/// ```
/// mvn -B test -pl signer,responder -am -Dtest=SnapshotScaleTest -Dsnapshot.rows=10000000 \
///     -Dsurefire.failIfNoSpecifiedTests=false
/// ```
///
/// | | |
/// |---|---|
/// | an edge reads all changes from the log | 83 s (37 s): 273,000 rows/s of a core |
/// | an authority writes a snapshot | 76 s (23 s) |
/// | digests of all rows, as a scrub computes them, without its rests | 23 s (12 s) |
/// | an edge begins with the snapshot, files in the page cache | 1.0 s (0.8 s) |
@NullMarked
package org.precertocsp.responder.cluster.snapshot;

import org.jspecify.annotations.NullMarked;
