/// The store on disk: one RocksDB database with statuses, their history, the state of feeds, signed
/// responses and the queue of their renewal. Only this package uses RocksDB.
///
/// Start at [RocksStore], which opens the store and returns its parts. [ColumnFamily] is the schema
/// on one page: every column family and every key. Rows are encoded by [RecordCodec], [StatusCodec]
/// (the small record read for each answer) and [ResponseCodec]; each row begins with its format.
///
/// Three ideas are hard:
///
/// - [RocksChangeSet] collects the rows of a set in memory, or in sorted files on disk when there
///   are many ([PendingWrites]), and decides later changes against earlier ones of the same set.
/// - [BulkCommit] makes a large set durable by handing RocksDB finished tables. They belong to
///   several column families, which RocksDB cannot take over at once, so an intent is written first
///   and carried out again after a crash.
/// - [IssuerRenewalQueue] reads the renewals that are due without stepping over millions of deleted
///   rows; [RenewalSchedule] ensures that new rows are never written behind its position. A node
///   without a key has no such queue: [ReceivedResponses] are written and expire.
///
/// Statuses are written with a synced write-ahead log. Responses, templates and renewals are not:
/// they can be created again. [StoreOpener] rejects stores of newer versions and upgrades those of
/// older ones.
@NullMarked
package org.precertocsp.responder.store;

import org.jspecify.annotations.NullMarked;
